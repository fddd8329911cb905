package io.handfast.readiness;

import io.handfast.commit.TwoPhaseCommit;
import io.handfast.delivery.DeliverySpecification.HandlerCall;

/** What must be right with the deliveries. */
final class DeliveryChecks {

  private DeliveryChecks() {}

  /** Whether a handler may answer later than its unit of work lives. */
  static Check handlerTimeouts() {
    return Check.ofDeliveries(
        "handler-timeouts",
        (known, findings) ->
            known
                .deliveries()
                .forEach(
                    (name, delivery) -> {
                      HandlerCall handler = delivery.handler();
                      if (handler != null
                          && delivery.isTwoPhaseCommit()
                          && handler.timeout().compareTo(TwoPhaseCommit.LONGEST_UNIT) >= 0) {
                        findings.warns(
                            "handler.timeout",
                            "is %s in delivery '%s', and its unit of work is rolled back after %s: an answer that comes later counts for nothing"
                                .formatted(handler.timeout(), name, TwoPhaseCommit.LONGEST_UNIT),
                            "use less than " + TwoPhaseCommit.LONGEST_UNIT);
                      }
                    }));
  }

  /** Whether senders let the broker keep their messages. */
  static Check nonPersistentMessages() {
    return Check.ofDeliveries(
        "non-persistent-messages",
        (known, findings) ->
            known
                .nonPersistent()
                .forEach(
                    (delivery, seen) ->
                        findings.warns(
                            "delivery-mode",
                            "is NON_PERSISTENT in %d messages of delivery '%s': a broker that crashes or restarts loses such messages, as JMS allows, and nothing here can tell"
                                .formatted(seen, delivery),
                            "let the senders use DeliveryMode.PERSISTENT; over AMQP durable, over MQTT a QoS of 1 or 2, over STOMP persistent:true")));
  }
}
