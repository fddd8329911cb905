package io.handfast.readiness;

import io.handfast.message.Broker;
import io.handfast.message.BrokerManagement;
import io.handfast.message.GiveUpRule;
import jakarta.jms.JMSException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the broker's management said.
 *
 * @param giveUpRules by the address that a delivery takes messages from
 * @param at when it was asked
 */
record BrokerState(
    String version, boolean isPersistent, Map<String, GiveUpRule> giveUpRules, Instant at) {

  static BrokerState read(Broker broker, Collection<String> addresses, Instant now)
      throws JMSException {
    try (BrokerManagement management = broker.openManagement()) {
      Map<String, GiveUpRule> rules = new TreeMap<>();
      for (String address : addresses) {
        rules.put(address, management.giveUpRule(address));
      }
      return new BrokerState(management.version(), management.isPersistent(), rules, now);
    }
  }
}
