package io.handfast.artemis;

import static io.handfast.artemis.CopiedProperties.Decision.ALWAYS;
import static io.handfast.artemis.CopiedProperties.Decision.NEVER;
import static io.handfast.artemis.CopiedProperties.Decision.SAME_MESSAGE;

import io.handfast.message.MessageHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.activemq.artemis.api.core.FilterConstants;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.reader.MessageUtil;

/**
 * The rule for which properties of a received message its copies carry.
 *
 * <p>A property of the application is copied. A property that a broker or a protocol adapter has
 * written describes one encoding, one hop, one sending or one lifetime, and would be wrong on a
 * message of its own. Each one that Artemis 2.56 knows is decided here, and listed in {@code
 * docs/reference/messages.md} with the reason; a test compares both with Artemis' classes.
 */
final class CopiedProperties {

  /** Which copies carry a property. */
  enum Decision {
    /** Every copy. */
    ALWAYS,
    /** Copies that stand for the message: retry, dead letter, replay; not a forwarded message. */
    SAME_MESSAGE,
    /** No copy. */
    NEVER
  }

  private static final String AMQP = "JMS_AMQP_";

  private static final Map<String, Decision> BY_NAME =
      Map.ofEntries(
          // The encoding: the copy has a body of its own.
          Map.entry(Message.HDR_LARGE_COMPRESSED.toString(), NEVER),
          Map.entry(Message.HDR_LARGE_BODY_SIZE.toString(), NEVER),
          Map.entry(Message.HDR_CONTENT_TYPE.toString(), ALWAYS),
          // One hop in a cluster, or over a bridge.
          Map.entry(Message.HDR_SCALEDOWN_TO_IDS.toString(), NEVER),
          Map.entry(Message.HDR_BRIDGE_DUPLICATE_ID.toString(), NEVER),
          // One sending.
          Map.entry(Message.HDR_DUPLICATE_DETECTION_ID.toString(), NEVER),
          Map.entry(Message.HDR_SCHEDULED_DELIVERY_TIME.toString(), NEVER),
          Map.entry(Message.HDR_ROUTING_TYPE.toString(), NEVER),
          Map.entry(Message.HDR_INGRESS_TIMESTAMP.toString(), NEVER),
          Map.entry(MessageUtil.CONNECTION_ID_PROPERTY_NAME_STRING, NEVER),
          Map.entry(FilterConstants.NATIVE_MESSAGE_ID, NEVER),
          Map.entry(MessageUtil.JMSXDELIVERYCOUNT, NEVER),
          Map.entry(Message.HDR_VALIDATED_USER.toString(), SAME_MESSAGE),
          Map.entry(Message.HDR_PREFIX.toString(), SAME_MESSAGE),
          // One lifetime: where the broker has moved the message from.
          Map.entry(Message.HDR_ORIGINAL_ADDRESS.toString(), SAME_MESSAGE),
          Map.entry(Message.HDR_ORIGINAL_QUEUE.toString(), SAME_MESSAGE),
          Map.entry(Message.HDR_ORIG_MESSAGE_ID.toString(), SAME_MESSAGE),
          Map.entry(Message.HDR_ORIG_ROUTING_TYPE.toString(), SAME_MESSAGE),
          Map.entry(Message.HDR_ACTUAL_EXPIRY_TIME.toString(), SAME_MESSAGE),
          // The application's.
          Map.entry(Message.HDR_GROUP_ID.toString(), ALWAYS),
          Map.entry(Message.HDR_GROUP_SEQUENCE.toString(), ALWAYS),
          Map.entry(Message.HDR_LAST_VALUE_NAME.toString(), ALWAYS),
          // OpenWire.
          Map.entry("__HDR_ARRIVAL", NEVER),
          Map.entry("__HDR_BROKER_IN_TIME", NEVER),
          Map.entry("__HDR_BROKER_PATH", NEVER),
          Map.entry("__HDR_CLUSTER", NEVER),
          Map.entry("__HDR_COMMAND_ID", NEVER),
          Map.entry("__HDR_COMPRESSED", NEVER),
          Map.entry("__HDR_MESSAGE_ID", NEVER),
          Map.entry("__HDR_PRODUCER_ID", NEVER),
          Map.entry("__HDR_USER_ID", SAME_MESSAGE),
          Map.entry("__HDR_ORIG_DESTINATION", SAME_MESSAGE),
          Map.entry("__HDR_dlqDeliveryFailureCause", SAME_MESSAGE),
          Map.entry("__HDR_DATASTRUCTURE", ALWAYS),
          Map.entry("__HDR_DROPPABLE", ALWAYS),
          Map.entry("__HDR_REPLY_TO", ALWAYS),
          // MQTT.
          Map.entry("mqtt.message.id", NEVER),
          Map.entry("mqtt.message.type", NEVER),
          Map.entry("mqtt.message.retain", SAME_MESSAGE),
          Map.entry("mqtt.message.retain.initial.distribution", SAME_MESSAGE),
          Map.entry("mqtt.qos.level", ALWAYS),
          Map.entry("mqtt.content.type", ALWAYS),
          Map.entry("mqtt.correlation.data", ALWAYS),
          Map.entry("mqtt.payload.format.indicator", ALWAYS),
          Map.entry("mqtt.response.topic", ALWAYS),
          Map.entry("mqtt.user.property.exists", ALWAYS),
          // AMQP.
          Map.entry(AMQP + "FirstAcquirer", SAME_MESSAGE),
          Map.entry(AMQP + "ORIGINAL_ENCODING", ALWAYS),
          Map.entry(AMQP + "NATIVE", ALWAYS),
          Map.entry(AMQP + "ContentType", ALWAYS),
          Map.entry(AMQP + "ContentEncoding", ALWAYS),
          Map.entry(AMQP + "ReplyToGroupID", ALWAYS),
          Map.entry("_AMQP_EMBED_LARGE", ALWAYS));

  /** The first that fits counts. */
  private static final Map<String, Decision> BY_PREFIX = prefixes();

  private CopiedProperties() {}

  private static Map<String, Decision> prefixes() {
    Map<String, Decision> prefixes = new LinkedHashMap<>();
    prefixes.put(Message.HDR_ROUTE_TO_IDS.toString(), NEVER);
    prefixes.put(Message.HDR_ROUTE_TO_ACK_IDS.toString(), NEVER);
    prefixes.put(Message.PREFIX_AMQP_ANNOTATIONS.toString(), NEVER); // between mirrored brokers
    prefixes.put(AMQP + "DA_", NEVER); // delivery annotations are for the next hop, says AMQP 3.2.2
    prefixes.put(AMQP + "ENCODED_DA_", NEVER);
    prefixes.put(AMQP + "FT_", SAME_MESSAGE); // footers have checksums of the whole message
    prefixes.put(AMQP + "ENCODED_FT_", SAME_MESSAGE);
    prefixes.put(AMQP, ALWAYS);
    prefixes.put("mqtt.ordered.user.property.", ALWAYS);
    prefixes.put(MessageHeaders.PREFIX, SAME_MESSAGE); // else the next delivery takes the copy
    return prefixes; //                                   for the message that it was made from
  }

  /** Whether a copy carries a property of the message. */
  static boolean isCopied(String name, boolean isSameMessage) {
    Decision decision = decisionOn(name);
    return decision == ALWAYS || decision == SAME_MESSAGE && isSameMessage;
  }

  /** What is decided on a property; one that is in no table is the application's. */
  static Decision decisionOn(String name) {
    Decision byName = BY_NAME.get(name);
    if (byName != null) {
      return byName;
    }
    char first = name.isEmpty() ? ' ' : name.charAt(0);
    if (first != '_' && first != 'J' && first != 'h' && first != 'm' && first != 'x') {
      return ALWAYS;
    }
    for (Map.Entry<String, Decision> prefix : BY_PREFIX.entrySet()) {
      if (name.startsWith(prefix.getKey())) {
        return prefix.getValue();
      }
    }
    return ALWAYS;
  }

  /** All decisions: names, and prefixes with an asterisk behind them. */
  static Map<String, Decision> all() {
    Map<String, Decision> all = new LinkedHashMap<>(BY_NAME);
    BY_PREFIX.forEach((prefix, decision) -> all.put(prefix + "*", decision));
    return all;
  }
}
