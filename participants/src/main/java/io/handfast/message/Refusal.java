package io.handfast.message;

import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import java.util.Optional;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.client.ClientSession.QueueQuery;
import org.apache.activemq.artemis.utils.SelectorTranslator;
import org.jspecify.annotations.Nullable;

/**
 * What a broker that was reached refuses, and goes on to refuse when asked again.
 *
 * @param part what it is about
 * @param reason in the broker's words, or in words about what the broker has
 */
public record Refusal(Part part, String reason) {

  /** What a refusal is about. */
  public enum Part {
    SELECTOR,
    /** The queue, or the topic. */
    DESTINATION,
    SUBSCRIPTION,
    /** A right that the user lacks. */
    RIGHT
  }

  /** How messages of the broker begin; those of its client begin with {@code AMQ219}. */
  private static final String BROKER_CODE = "AMQ229";

  /** The refusal that a failure stands for; empty where the broker may agree later. */
  public static Optional<Refusal> of(BrokerException failure) {
    if (failure instanceof TargetRefusedException target) {
      return Optional.of(new Refusal(Part.DESTINATION, target.rule()));
    }
    @Nullable Part part = null;
    for (Throwable cause = failure; cause != null && part == null; cause = cause.getCause()) {
      if (cause instanceof ActiveMQException artemis) {
        part = part(artemis);
      }
    }
    if (part == null && failure.getCause() instanceof InvalidSelectorException) {
      part = Part.SELECTOR;
    } else if (part == null && failure.getCause() instanceof InvalidDestinationException) {
      part = Part.DESTINATION;
    }
    return Optional.ofNullable(part)
        .map(known -> new Refusal(known, String.valueOf(failure.getMessage())));
  }

  /**
   * What keeps a source from using a subscription that is there: it has another topic or selector.
   * Artemis 2.56.0 says that as well, but not which one it has.
   */
  static Optional<Refusal> ofSubscription(Source source, QueueQuery subscription) {
    if (!subscription.isExists() || subscription.isConfigurationManaged()) {
      return Optional.empty(); // what is configured is used as it is
    }
    String topic = String.valueOf(subscription.getAddress());
    if (!topic.equals(source.topic())) {
      return Optional.of(new Refusal(Part.DESTINATION, has("topic", topic)));
    }
    String wanted =
        source.selector() == null
            ? ""
            : SelectorTranslator.convertToActiveMQFilterString(source.selector());
    String selector =
        subscription.getFilterString() == null ? "" : subscription.getFilterString().toString();
    return wanted.equals(selector)
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                Part.SELECTOR,
                has("selector", selector.isEmpty() ? "none" : "'" + selector + "'")));
  }

  private static String has(String what, String value) {
    return "the subscription exists with the %s %s; take that, or another subscription, or delete this one with its messages first"
        .formatted(what, value);
  }

  /** An unknown kind of failure is none: it is tried again, and told meanwhile. */
  private static @Nullable Part part(ActiveMQException failure) {
    return switch (failure.getType()) {
      case INVALID_FILTER_EXPRESSION -> Part.SELECTOR;
      case QUEUE_DOES_NOT_EXIST,
          QUEUE_EXISTS,
          ADDRESS_DOES_NOT_EXIST,
          ADDRESS_EXISTS,
          UNEXPECTED_ROUTING_TYPE_FOR_ADDRESS,
          INVALID_QUEUE_CONFIGURATION ->
          Part.DESTINATION;
      case INVALID_TRANSIENT_QUEUE_USE -> Part.SUBSCRIPTION;
      case SECURITY_EXCEPTION, CLUSTER_SECURITY_EXCEPTION -> Part.RIGHT;
      // Such as AMQ229025: a queue that has consumers cannot be deleted.
      case ILLEGAL_STATE ->
          String.valueOf(failure.getMessage()).startsWith(BROKER_CODE) ? Part.DESTINATION : null;
      default -> null;
    };
  }
}
