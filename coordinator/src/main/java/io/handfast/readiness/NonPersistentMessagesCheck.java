package io.handfast.readiness;

import java.util.List;

/** Whether senders let the broker keep their messages. */
final class NonPersistentMessagesCheck implements Check {

  @Override
  public String name() {
    return "non-persistent-messages";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  @Override
  public List<Finding> findings(Known known) {
    return known.nonPersistent().entrySet().stream()
        .map(
            seen ->
                warns(
                    "delivery-mode",
                    "is NON_PERSISTENT in %d messages of delivery '%s': a broker that crashes or restarts loses such messages, as JMS allows, and nothing here can tell"
                        .formatted(seen.getValue(), seen.getKey()),
                    "let the senders use DeliveryMode.PERSISTENT; over AMQP durable, over MQTT a QoS of 1 or 2, over STOMP persistent:true"))
        .toList();
  }
}
