package io.handfast.sqs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * ElasticMQ for the tests of this module: a server of SQS' protocol in a process of its own,
 * stopped with this process. It is not Amazon's. What it says is in {@code target/elasticmq}.
 */
final class ElasticMq {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The one that tests share. */
  private static final class Shared {
    private static final ElasticMq SERVER = new ElasticMq();
  }

  private final Path directory;
  private final int port = freePort();
  private Process server;

  ElasticMq() {
    try {
      Path parent = Files.createDirectories(Path.of("target", "elasticmq"));
      directory = Files.createTempDirectory(parent.toAbsolutePath(), "server-");
      Files.writeString(directory.resolve("elasticmq.conf"), settings());
      server = start();
      Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
      awaitPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static ElasticMq shared() {
    return Shared.SERVER;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** A client of its own, with credentials that ElasticMQ does not look at. */
  SqsClient client() {
    return client(address(), new RequestCount());
  }

  static SqsClient client(URI address, RequestCount requests) {
    return SqsClient.builder()
        .endpointOverride(address)
        .region(Region.of("elasticmq"))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .overrideConfiguration(to -> to.addExecutionInterceptor(requests))
        .build();
  }

  void stop() {
    server.destroyForcibly();
  }

  /** It stands still, with all its connections open, until {@link #thaw}. */
  void freeze() throws Exception {
    signal("-STOP");
  }

  void thaw() throws Exception {
    signal("-CONT");
  }

  private void signal(String signal) throws Exception {
    String pid = Long.toString(server.pid());
    if (new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException("kill " + signal + " failed");
    }
  }

  private String settings() {
    return """
        include classpath("application.conf")
        node-address { protocol = http, host = "127.0.0.1", port = %1$d, context-path = "" }
        rest-sqs { enabled = true, bind-port = %1$d, bind-hostname = "127.0.0.1", sqs-limits = strict }
        rest-stats { enabled = false }
        aws { region = elasticmq, accountId = 000000000000 }
        """
        .formatted(port);
  }

  private Process start() throws IOException {
    String classPath = Files.readString(Path.of("target", "servers.class-path"));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dconfig.file=elasticmq.conf",
            "-cp",
            classPath.strip(),
            "org.elasticmq.server.Main")
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("server.log").toFile())
        .start();
  }

  private void awaitPort() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isListening()) {
      if (!server.isAlive() || System.nanoTime() > end) {
        server.destroyForcibly();
        throw new IllegalStateException(
            "no ElasticMQ: " + Files.readString(directory.resolve("server.log")));
      }
      Thread.sleep(50);
    }
  }

  private boolean isListening() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
