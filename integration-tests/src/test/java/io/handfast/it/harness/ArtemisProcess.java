package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real Artemis broker, from its published distribution, with the configuration that {@code
 * artemis create} writes and two changes: a message may be delivered any number of times, unless a
 * test says otherwise, and there is a user who may do everything but manage. Its port and data stay
 * the same over all its restarts.
 */
public final class ArtemisProcess implements AutoCloseable {
  private static final String USERNAME = "handfast";
  private static final String PASSWORD = "handfast-secret";
  private static final String EVERY_ADDRESS = "<address-setting match=\"#\">";
  private static final String PLAIN = "plain";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path instance;
  private final LogFile log;
  private final int port;
  private final Broker address;
  private final Tampering tampering;
  private int tlsPort;
  private ChildProcess process;

  public ArtemisProcess() {
    this(-1);
  }

  /** One that gives a message up after so many deliveries. */
  public ArtemisProcess(int maxDeliveryAttempts) {
    this("artemis", Ports.free(), maxDeliveryAttempts, List.of());
  }

  /** One that {@code artemis create} is given more options for. */
  ArtemisProcess(String name, int port, int maxDeliveryAttempts, List<String> options) {
    this(name, port, maxDeliveryAttempts, withLittleMemory(options), Tampering.NONE);
    // Started as often as the runner, and as good at it with the same options.
    append(
        "etc/artemis.profile",
        "JAVA_ARGS=\"$JAVA_ARGS %s\""
            .formatted(System.getProperty("handfast.runner.java-options", "")));
  }

  /**
   * One with the memory that {@code artemis create} gives a broker, tampered with from its creation
   * on: what that measures of the disk is what the broker finds.
   */
  public ArtemisProcess(String name, List<String> options, Tampering tampering) {
    this(name, Ports.free(), -1, options, tampering);
  }

  private ArtemisProcess(
      String name, int port, int maxDeliveryAttempts, List<String> options, Tampering tampering) {
    this.tampering = tampering;
    this.instance = Directories.work(name);
    this.log = Directories.sharedLog(name);
    this.port = port;
    this.address = addressOn("tcp://127.0.0.1:" + port);
    create(options);
    configure(
        EVERY_ADDRESS,
        EVERY_ADDRESS
            + "\n            <max-delivery-attempts>%d</max-delivery-attempts>"
                .formatted(maxDeliveryAttempts));
    addPlainUser();
  }

  private static List<String> withLittleMemory(List<String> options) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--java-memory", "512M"));
    return all;
  }

  /** Any way to this broker, with the credentials of the user who may do everything. */
  static Broker addressOn(String url) {
    return new Broker(url, USERNAME, PASSWORD);
  }

  private void create(List<String> options) {
    Path home =
        Path.of(System.getProperty("it.artemis.home", Directories.build("artemis").toString()));
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/artemis").toString());
    command.addAll(List.of("create", instance.toString(), "--silent", "--force", "--no-web"));
    command.addAll(List.of("--user", USERNAME, "--password", PASSWORD, "--require-login"));
    command.addAll(List.of("--host", "127.0.0.1", "--default-port", Integer.toString(port)));
    command.addAll(List.of("--no-amqp-acceptor", "--no-stomp-acceptor", "--no-mqtt-acceptor"));
    command.addAll(List.of("--no-hornetq-acceptor"));
    command.addAll(options);
    int code = launch(command).awaitExit(PATIENCE).code();
    if (code != 0) {
      throw new IllegalStateException("artemis create exited with " + code + "\n" + log.tail(40));
    }
  }

  /**
   * Accepts connections over TLS as well, from who shows the same certificate. Its stores are PEM
   * files, as those that certificate managers write.
   */
  ArtemisProcess acceptTls(KeyPair keys) {
    tlsPort = Ports.free();
    String acceptor =
        "tcp://127.0.0.1:%d?sslEnabled=true;needClientAuth=true;%s"
            .formatted(tlsPort, stores(keys, ";"));
    configure(
        "<acceptors>", "<acceptors>\n<acceptor name=\"tls\">%s</acceptor>".formatted(acceptor));
    return this;
  }

  /** Where it can be reached over TLS. */
  public Broker addressOverTls(KeyPair keys) {
    return addressOn("tcp://127.0.0.1:%d?sslEnabled=true&%s".formatted(tlsPort, stores(keys, "&")));
  }

  private static String stores(KeyPair keys, String separator) {
    return String.join(
        separator,
        "keyStoreType=PEM",
        "keyStorePath=" + keys.keyAndCertificate(),
        "trustStoreType=PEMCA",
        "trustStorePath=" + keys.certificate());
  }

  private void addPlainUser() {
    configure("roles=\"amq\"", "roles=\"amq,%s\"".formatted(PLAIN));
    configure("type=\"manage\" roles=\"amq,%s\"".formatted(PLAIN), "type=\"manage\" roles=\"amq\"");
    append("etc/artemis-users.properties", PLAIN + " = " + PASSWORD);
    append("etc/artemis-roles.properties", PLAIN + " = " + PLAIN);
  }

  private void append(String file, String line) {
    try {
      Files.writeString(instance.resolve(file), "\n" + line + "\n", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The value of an element of its configuration, the first of that name; empty without one. */
  public Optional<String> configured(String element) {
    try {
      String text = Files.readString(instance.resolve("etc/broker.xml"));
      Matcher found = Pattern.compile("<" + element + ">([^<]*)</").matcher(text);
      return found.find() ? Optional.of(found.group(1).strip()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces a text in its configuration. */
  public void configure(String text, String by) {
    Path file = instance.resolve("etc/broker.xml");
    try {
      String before = Files.readString(file);
      if (!before.contains(text)) {
        throw new IllegalStateException(file + " has no " + text);
      }
      Files.writeString(file, before.replace(text, by));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it, if it does not run, and waits until it accepts connections. */
  public ArtemisProcess start() {
    if (!isAlive()) {
      launch();
      Eventually.within(
          PATIENCE,
          () ->
              assertThatCode(address::preparedTransactions)
                  .as(log.tail(5))
                  .doesNotThrowAnyException());
    }
    return this;
  }

  /** Starts it and does not wait. */
  void launch() {
    String run = instance.resolve("bin/artemis").toString();
    process = launch(List.of(run, "run"));
  }

  private ChildProcess launch(List<String> command) {
    return ChildProcess.start(command, instance, log, tampering.environment());
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Whether it accepts connections, which one that waits as a backup does not. */
  boolean isAccepting() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The operating system process, for what only some tests do to it. */
  public ChildProcess process() {
    return process;
  }

  /** What it has written, over all its starts. */
  public LogFile log() {
    return log;
  }

  /** SIGKILL. */
  public void kill9() {
    process.kill9();
  }

  /** SIGTERM: an orderly stop. */
  public void stop() {
    process.terminate(PATIENCE);
  }

  /** Where it can be reached, when it runs. */
  public Broker address() {
    return address;
  }

  /** The same for a user who may not manage. */
  public Broker addressWithoutManagement() {
    return new Broker(address.url(), PLAIN, PASSWORD);
  }

  @Override
  public void close() {
    if (process != null) {
      process.kill9();
    }
    Directories.delete(instance);
  }
}
