package io.handfast.readiness;

import io.handfast.delivery.DeliverySpecification;
import io.handfast.delivery.Style;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state that checks inspect: the deliveries, and the last answers of their participants. the
 * deliveries, and what their participants answered last.
 *
 * @param deliveries by name
 * @param databases by the name of the configuration; those that were never reached are missing
 * @param broker null while it was not asked, or would not answer
 * @param nonPersistent how many messages came by delivery that a crash of the broker would have
 *     lost
 * @param brokerRefusal why the broker's management would not answer; null where it did
 */
record CheckedState(
    Map<String, DeliverySpecification> deliveries,
    Map<String, DatabaseState> databases,
    Map<String, Long> nonPersistent,
    @Nullable BrokerState broker,
    @Nullable String brokerRefusal) {

  /** Before anything was asked. */
  static final CheckedState NOTHING = new CheckedState(Map.of(), Map.of(), null, null);

  /** Where no delivery has told of messages yet. */
  CheckedState(
      Map<String, DeliverySpecification> deliveries,
      Map<String, DatabaseState> databases,
      @Nullable BrokerState broker,
      @Nullable String brokerRefusal) {
    this(deliveries, databases, Map.of(), broker, brokerRefusal);
  }

  /** The same, once the broker was asked. */
  CheckedState with(@Nullable BrokerState broker, @Nullable String refusal) {
    return new CheckedState(deliveries, databases, nonPersistent, broker, refusal);
  }

  /** The deliveries whose consumers hold a connection to a database each, by name. */
  SortedMap<String, DeliverySpecification> consuming(String database) {
    SortedMap<String, DeliverySpecification> consuming = new TreeMap<>(deliveries);
    consuming
        .values()
        .removeIf(
            delivery ->
                delivery.style() != Style.PUSH || !database.equals(delivery.databaseName()));
    return consuming;
  }
}
