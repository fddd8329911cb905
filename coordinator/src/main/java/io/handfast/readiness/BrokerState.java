package io.handfast.readiness;

import io.handfast.delivery.DeliverySpecification;
import io.handfast.message.AddressRules;
import io.handfast.message.Broker;
import io.handfast.message.BrokerAdministration;
import io.handfast.message.BrokerException;
import io.handfast.message.DuplicateIdMemory;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the broker's management said.
 *
 * @param idMemory how it remembers ids of messages
 * @param sources the rules of the queues that deliveries take messages from, by their names
 * @param targets the rules of the queues that deliveries send to, their sources included
 * @param deadLetters the rules of their dead-letter queues
 * @param at when it was asked
 */
record BrokerState(
    String version,
    boolean isPersistent,
    DuplicateIdMemory idMemory,
    Map<String, AddressRules> sources,
    Map<String, AddressRules> targets,
    Map<String, AddressRules> deadLetters,
    Instant at) {

  static BrokerState read(Broker broker, Collection<DeliverySpecification> deliveries, Instant now)
      throws BrokerException {
    Map<String, AddressRules> sources = new TreeMap<>();
    Map<String, AddressRules> targets = new TreeMap<>();
    Map<String, AddressRules> deadLetters = new TreeMap<>();
    try (BrokerAdministration management = broker.openAdministration()) {
      for (DeliverySpecification delivery : deliveries) {
        String source = delivery.source().queueName();
        sources.put(source, management.rulesOf(source));
        deadLetters.put(delivery.deadLetter(), management.rulesOf(delivery.deadLetter()));
        if (delivery.forward() != null) {
          targets.put(delivery.forward(), management.rulesOf(delivery.forward()));
        }
      }
      targets.putAll(sources);
      targets.putAll(deadLetters);
      return new BrokerState(
          management.version(),
          management.isPersistent(),
          management.idMemory(),
          sources,
          targets,
          deadLetters,
          now);
    }
  }
}
