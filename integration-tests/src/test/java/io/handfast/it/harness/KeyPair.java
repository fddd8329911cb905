package io.handfast.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A private key and its self-signed certificate for this machine's names, as files of every kind
 * that the parts read: who trusts the certificate trusts its owner, as a server or as a client.
 */
public final class KeyPair {
  private static final String ALIAS = "it";
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path directory;
  private final KeyStore store;

  private KeyPair(Path directory, KeyStore store) {
    this.directory = directory;
    this.store = store;
  }

  /** Makes one, with its files in the directory. */
  static KeyPair in(Path directory, LogFile log) {
    Path file = directory.toAbsolutePath().resolve("keys.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-keyalg",
            "EC",
            "-alias",
            ALIAS,
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost,ip:127.0.0.1",
            "-keystore",
            file.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            new String(PASSWORD));
    int code = ChildProcess.start(command, directory, log).awaitExit(PATIENCE).code();
    if (code != 0) {
      throw new IllegalStateException("keytool exited with " + code + "\n" + log.tail(40));
    }
    try (InputStream content = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(content, PASSWORD);
      KeyPair pair = new KeyPair(directory.toAbsolutePath(), store);
      pair.writePem();
      return pair;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void writePem() throws IOException, GeneralSecurityException {
    String certificate = pem("CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
    String key = pem("PRIVATE KEY", store.getKey(ALIAS, PASSWORD).getEncoded());
    Files.writeString(certificate(), certificate);
    Files.writeString(keyAndCertificate(), key + certificate);
  }

  private static String pem(String what, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN %s-----\n%s\n-----END %1$s-----\n".formatted(what, base64);
  }

  /** The certificate alone, PEM. */
  public Path certificate() {
    return directory.resolve("certificate.pem");
  }

  /** The private key and the certificate, PEM. */
  public Path keyAndCertificate() {
    return directory.resolve("key-and-certificate.pem");
  }

  /** What a server of this process shows the certificate with. */
  public SSLContext serverContext() throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
