package io.handfast.delivery;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonParser.Feature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.artemis.ArtemisBroker;
import io.handfast.input.AllowedHosts;
import io.handfast.input.Violation;
import io.handfast.message.BlockedSends;
import io.handfast.message.BrokerSettings;
import io.handfast.message.InMemoryKafka;
import io.handfast.message.MessageLimits;
import io.handfast.message.Sources;
import io.handfast.sqs.SqsQueues;
import io.handfast.sqs.SqsSettings;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Reads deliveries from JSON with single quotes, so that tests can be read too. */
final class SpecificationTexts {

  private static final ObjectMapper JSON = new ObjectMapper();

  static final Sources SOURCES =
      new Sources(
          Optional.of(
              new ArtemisBroker(
                  new BrokerSettings("tcp://127.0.0.1:1", null, null),
                  MessageLimits.ofHeap(1L << 28),
                  BlockedSends.NONE)),
          Optional.of(new InMemoryKafka()),
          Optional.of(
              new SqsQueues(
                  new SqsSettings(null, null), MessageLimits.ofHeap(1L << 28), Clock.systemUTC())));

  static final AllowedHosts HOSTS = new AllowedHosts(List.of("localhost", "127.0.0.1"));

  private SpecificationTexts() {}

  static DeliverySpecification read(String body) throws Exception {
    return SpecificationReader.read("orders", parse(body), SOURCES, HOSTS);
  }

  static List<Violation> violations(String body) {
    return violations("orders", body);
  }

  static List<Violation> violations(String name, String body) {
    InvalidDeliveryException refused =
        catchThrowableOfType(
            InvalidDeliveryException.class,
            () -> SpecificationReader.read(name, parse(body), SOURCES, HOSTS));
    return refused == null ? List.of() : refused.violations();
  }

  private static JsonNode parse(String body) throws Exception {
    return JSON.reader()
        .with(Feature.ALLOW_SINGLE_QUOTES)
        .with(Feature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
        .readTree(body);
  }
}
