package io.handfast.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * The configuration of one coordinator, written as a file into its working directory: a jar and a
 * native executable both read it there.
 */
public final class RunnerConfiguration {
  private final Properties properties = new Properties();

  public RunnerConfiguration set(String key, Object value) {
    properties.setProperty(key, String.valueOf(value));
    return this;
  }

  public RunnerConfiguration broker(Broker broker) {
    return set("handfast.broker.url", broker.url())
        .set("handfast.broker.username", broker.username())
        .set("handfast.broker.password", broker.password());
  }

  /** Neither a broker outside nor one inside the process. */
  public RunnerConfiguration withoutBroker() {
    return set("handfast.broker.enabled", false);
  }

  /** With a short session: what a killed node had is another's after it, and not before. */
  public RunnerConfiguration kafka(KafkaProcess kafka) {
    return set("handfast.kafka.\"bootstrap.servers\"", kafka.address())
        .set("handfast.kafka.\"session.timeout.ms\"", 4_000)
        .set("handfast.kafka.\"heartbeat.interval.ms\"", 1_000);
  }

  /** With {@link ElasticMqProcess#CREDENTIALS} in its environment. */
  public RunnerConfiguration sqs(ElasticMqProcess sqs) {
    return set("handfast.sqs.endpoint", sqs.address())
        .set("handfast.sqs.region", ElasticMqProcess.REGION);
  }

  public RunnerConfiguration database(Database database) {
    return set("handfast.database.url", database.url())
        .set("handfast.database.username", database.username())
        .set("handfast.database.password", database.password());
  }

  /** Declares a delivery. */
  public RunnerConfiguration delivery(String name, DeliverySpec specification) {
    specification
        .properties()
        .forEach((key, value) -> set("handfast.deliveries.\"" + name + "\"." + key, value));
    return this;
  }

  /** The same, unless something is set already. */
  RunnerConfiguration setIfAbsent(String key, Object value) {
    properties.putIfAbsent(key, String.valueOf(value));
    return this;
  }

  /** Whether it declares a delivery. */
  boolean declares(String delivery) {
    return properties.keySet().stream()
        .anyMatch(key -> key.toString().startsWith("handfast.deliveries.\"" + delivery + "\"."));
  }

  /** Whether it names a broker outside the process; the native runner has none inside. */
  boolean namesBroker() {
    return properties.containsKey("handfast.broker.url");
  }

  /** Whether it can start only where the runner has a broker inside. */
  boolean needsBrokerInside() {
    return !namesBroker() && !"false".equals(properties.get("handfast.broker.enabled"));
  }

  /** Whether it names a database outside the process. */
  boolean namesDatabase() {
    return properties.containsKey("handfast.database.url");
  }

  void writeInto(Path directory) {
    try {
      Path file = Files.createDirectories(directory.resolve("config"));
      try (Writer writer = Files.newBufferedWriter(file.resolve("application.properties"))) {
        properties.store(writer, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
