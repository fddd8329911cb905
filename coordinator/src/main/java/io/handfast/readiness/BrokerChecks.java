package io.handfast.readiness;

import io.handfast.message.BrokerDeadLetterRule;
import io.handfast.node.NodeConfig;
import io.handfast.readiness.Check.Findings;
import io.handfast.readiness.CheckedState.BrokerState;
import java.util.Optional;

/** Checks that there is a broker, and that it keeps the messages that it is given. */
final class BrokerChecks {

  private static final long FEW_IDS = 10_000;

  private BrokerChecks() {}

  /**
   * Whether there is a broker: outside this process, or inside where the program has one; or none,
   * where the configuration says so and does not contradict itself.
   */
  static void url(NodeConfig config, boolean hasBrokerInside, Findings findings) {
    NodeConfig.BrokerConfig broker = config.broker();
    if (!broker.enabled()) {
      contradiction("handfast.broker.url", broker.url(), findings);
      contradiction("handfast.broker.username", broker.username(), findings);
      contradiction("handfast.broker.password", broker.password(), findings);
    } else if (!hasBrokerInside && broker.isEmbedded()) {
      findings.refuses(
          "handfast.broker.url",
          "is not set, and the native program has no broker inside",
          "name a broker, such as handfast.broker.url=tcp://broker:61616, with handfast.broker.username and handfast.broker.password; or start the jar, which brings one for a first run; or set handfast.broker.enabled=false where no delivery needs one");
    }
  }

  private static void contradiction(String key, Optional<String> value, Findings findings) {
    if (value.isPresent()) {
      findings.refuses(
          key,
          "is set, and handfast.broker.enabled is false: the node would not use it",
          "remove one of the two");
    }
  }

  /** Whether the broker has a journal. */
  static void persistence(BrokerState broker, Findings findings) {
    if (!broker.isPersistent()) {
      findings.warns(
          "persistence-enabled",
          "is false at the broker: a restart of it loses its messages and its prepared branches, also those whose rows are committed",
          "set <persistence-enabled>true</persistence-enabled> in broker.xml");
    }
  }

  /** Whether the broker remembers long enough which messages were sent under an id. */
  static void messageIds(BrokerState broker, Findings findings) {
    if (broker.idMemory().size() < FEW_IDS) {
      findings.warns(
          "id-cache-size",
          "is %d at the broker: a call that is repeated with its Handfast-Message-Id after as many others is sent again"
              .formatted(broker.idMemory().size()),
          "set <id-cache-size>20000</id-cache-size> or more in broker.xml");
    }
    if (!broker.idMemory().isPersistent()) {
      findings.warns(
          "persist-id-cache",
          "is false at the broker: a call that is repeated with its Handfast-Message-Id after its restart is sent again",
          "set <persist-id-cache>true</persist-id-cache> in broker.xml");
    }
  }

  /**
   * Whether the broker leaves it to Handfast to give a message up.
   *
   * <p>It counts every rollback, and after a crash every message that was merely prefetched.
   */
  static void deliveryAttempts(BrokerState broker, Findings findings) {
    broker.sources().forEach((queue, rules) -> deliveryAttempts(queue, rules.giveUp(), findings));
  }

  private static void deliveryAttempts(String queue, BrokerDeadLetterRule rule, Findings findings) {
    String deadLetters = rule.deadLetterAddress();
    if (!rule.isHarmless()) {
      findings.warns(
          "max-delivery-attempts",
          "is %d for queue '%s': the broker %s after so many deliveries, which a handler that is down for a while can use up"
              .formatted(
                  rule.maxDeliveryAttempts(),
                  queue,
                  deadLetters == null
                      ? "has no dead-letter-address and DROPS a message"
                      : "moves a message to dead-letter-address '" + deadLetters + "'"),
          "set max-delivery-attempts to -1 for the address of this queue, since Handfast keeps its own count; or to 1000 with a dead-letter-address");
    }
  }

  /** Whether the broker keeps what is sent to a queue that is full. */
  static void fullAddresses(BrokerState broker, Findings findings) {
    broker
        .targets()
        .forEach(
            (queue, rules) -> {
              if (rules.dropsWhenFull()) {
                findings.warns(
                    "address-full-policy",
                    "is DROP for queue '%s': the broker loses what is sent there while the address is full, without an error"
                        .formatted(queue),
                    "set address-full-policy to PAGE, BLOCK or FAIL for the address of this queue");
              }
            });
  }

  /** Whether dead letters stay until an operator has looked at them. */
  static void deadLetterExpiry(BrokerState broker, Findings findings) {
    broker
        .deadLetters()
        .forEach(
            (queue, rules) -> {
              if (rules.expiryDelay() >= 0) {
                findings.warns(
                    "expiry-delay",
                    "is %d ms for dead-letter queue '%s': the broker lets dead letters expire that it moves there itself"
                        .formatted(rules.expiryDelay(), queue),
                    "set expiry-delay to -1 for the address of this queue");
              } else if (rules.maxExpiryDelay() >= 0) {
                findings.warns(
                    "max-expiry-delay",
                    "is %d ms for dead-letter queue '%s': the broker lets dead letters expire, though they are sent without an expiry"
                        .formatted(rules.maxExpiryDelay(), queue),
                    "set max-expiry-delay to -1 for the address of this queue");
              }
            });
  }

  /** Whether senders let the broker keep their messages. */
  static void nonPersistentMessages(CheckedState known, Findings findings) {
    known
        .nonPersistent()
        .forEach(
            (delivery, seen) ->
                findings.warns(
                    "delivery-mode",
                    "is NON_PERSISTENT in %d messages of delivery '%s': a broker that crashes or restarts loses such messages, as JMS allows, and nothing here can tell"
                        .formatted(seen, delivery),
                    "let the senders use DeliveryMode.PERSISTENT; over AMQP durable, over MQTT a QoS of 1 or 2, over STOMP persistent:true"));
  }
}
