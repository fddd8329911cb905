package io.handfast.it.harness;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/** An issuer of tokens (OIDC) that is reached over TLS: it tells its keys, and signs. */
public final class TokenIssuer implements AutoCloseable {
  private static final Duration VALID = Duration.ofHours(1);

  private final HttpsServer server;
  private final java.security.KeyPair keys;

  /** Starts one that shows this certificate. */
  public TokenIssuer(KeyPair certificate) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      keys = generator.generateKeyPair();
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(certificate.serverContext()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    answer(server, "/.well-known/openid-configuration", configuration());
    answer(server, "/keys", keySet((RSAPublicKey) keys.getPublic()));
    server.start();
  }

  /** Its address, which is its name too. */
  public String url() {
    return "https://localhost:" + server.getAddress().getPort();
  }

  /** A token of a caller with a role. */
  public String token(String caller, String role) {
    return signed(caller, role, keys.getPrivate());
  }

  /** The same, signed with a key that is not this issuer's. */
  public String forgedToken(String caller, String role) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return signed(caller, role, generator.generateKeyPair().getPrivate());
  }

  private String signed(String caller, String role, PrivateKey key) {
    long now = Instant.now().getEpochSecond();
    String claims =
        "{\"iss\":\"%s\",\"sub\":\"%s\",\"groups\":[\"%s\"],\"iat\":%d,\"exp\":%d}"
            .formatted(url(), caller, role, now, now + VALID.toSeconds());
    String text =
        base64(
                "{\"alg\":\"RS256\",\"kid\":\"k1\",\"typ\":\"JWT\"}"
                    .getBytes(StandardCharsets.UTF_8))
            + "."
            + base64(claims.getBytes(StandardCharsets.UTF_8));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String configuration() {
    return """
        {"issuer": "%1$s", "jwks_uri": "%1$s/keys", "token_endpoint": "%1$s/token",
         "authorization_endpoint": "%1$s/authorize"}
        """
        .formatted(url());
  }

  private static String keySet(RSAPublicKey key) {
    return """
        {"keys": [{"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256", "n": "%s", "e": "%s"}]}
        """
        .formatted(unsigned(key.getModulus()), unsigned(key.getPublicExponent()));
  }

  /** Without the byte that only says that the number is positive. */
  private static String unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    return base64(java.util.Arrays.copyOfRange(bytes, from, bytes.length));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void answer(HttpServer server, String path, String json) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
