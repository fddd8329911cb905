package io.handfast.readiness;

import io.handfast.database.ServerSettings;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.delivery.DeliverySpecification.HandlerCall;
import io.handfast.delivery.DeliverySpecification.Retry;
import io.handfast.delivery.DeliverySpecification.Sink;
import io.handfast.delivery.Guarantee;
import io.handfast.delivery.ProtocolName;
import io.handfast.delivery.Style;
import io.handfast.message.AddressRules;
import io.handfast.message.BrokerDeadLetterRule;
import io.handfast.message.DuplicateIdMemory;
import io.handfast.message.Source;
import io.handfast.node.NodeConfig;
import io.handfast.readiness.CheckedState.BrokerState;
import io.handfast.readiness.CheckedState.DatabaseState;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Deliveries and participants to be checked. */
final class Worlds {

  static final Instant NOW = Instant.EPOCH;

  /** A server that nothing can be said against. */
  static final ServerSettings SOUND =
      new ServerSettings(
          "18.6", 18, 1000, 1000, Duration.ZERO, Duration.ZERO, Duration.ZERO, true, true, true);

  private Worlds() {}

  /** A delivery into the default database; the protocol is that of exactly-once, or a guarantee. */
  static DeliverySpecification delivery(
      String protocol, int consumers, @Nullable HandlerCall handler) {
    boolean isWeak = protocol.startsWith("at-");
    return new DeliverySpecification(
        Source.ofQueue("orders"),
        new DeliverySpecification.Assurance(
            isWeak ? Guarantee.valueOf(constant(protocol)) : Guarantee.EXACTLY_ONCE,
            isWeak ? ProtocolName.TWO_PHASE_COMMIT : ProtocolName.valueOf(constant(protocol))),
        Style.PUSH,
        new DeliverySpecification.Load(consumers, 100, false),
        new DeliverySpecification.Effects(
            new Sink(NodeConfig.DEFAULT_DATABASE, List.of(), false), null, handler),
        new Retry(5, Duration.ofSeconds(1)),
        "orders.dead");
  }

  private static String constant(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** One delivery with a handler, and no participant that was asked. */
  static CheckedState handled(String protocol, String timeout) {
    HandlerCall handler = new HandlerCall(URI.create("http://h/"), Duration.parse(timeout));
    return new CheckedState(Map.of("orders", delivery(protocol, 4, handler)), Map.of(), null, null);
  }

  /** The default database on a server. */
  static CheckedState on(ServerSettings server, Map<String, DeliverySpecification> deliveries) {
    OptionalInt limit = OptionalInt.of(server.maxPreparedTransactions());
    return new CheckedState(
        deliveries,
        Map.of(NodeConfig.DEFAULT_DATABASE, new DatabaseState(limit, server, null, NOW)),
        null,
        null);
  }

  static CheckedState broker(
      String version, boolean isPersistent, Map<String, BrokerDeadLetterRule> rules) {
    Map<String, AddressRules> sources = new TreeMap<>();
    rules.forEach((queue, rule) -> sources.put(queue, new AddressRules(rule, "PAGE", -1, -1)));
    return broker(version, isPersistent, sources, Map.of());
  }

  /** One that says the same of sources and of other targets, and something else of dead letters. */
  static CheckedState broker(
      String version,
      boolean isPersistent,
      Map<String, AddressRules> rules,
      Map<String, AddressRules> deadLetters) {
    return new CheckedState(
        Map.of(),
        Map.of(),
        new BrokerState(
            version,
            isPersistent,
            new DuplicateIdMemory(20_000, true),
            rules,
            rules,
            deadLetters,
            NOW),
        null);
  }
}
