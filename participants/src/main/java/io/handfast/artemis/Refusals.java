package io.handfast.artemis;

import io.handfast.message.Refusal;
import io.handfast.message.Refusal.Part;
import io.handfast.message.Source;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import java.util.Optional;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.client.ClientSession.QueueQuery;
import org.apache.activemq.artemis.utils.SelectorTranslator;
import org.jspecify.annotations.Nullable;

/** Distinguishes permanent refusals of the broker from temporary ones. */
final class Refusals {

  /** How messages of the broker begin; those of its client begin with {@code AMQ219}. */
  private static final String BROKER_CODE = "AMQ229";

  private Refusals() {}

  /** The refusal that a failure of the broker's clients stands for, or null. */
  static @Nullable Refusal of(@Nullable String message, Throwable failure) {
    @Nullable Part part = null;
    for (Throwable cause = failure; cause != null && part == null; cause = cause.getCause()) {
      if (cause instanceof ActiveMQException artemis) {
        part = part(artemis);
      }
    }
    if (part == null && failure instanceof InvalidSelectorException) {
      part = Part.SELECTOR;
    } else if (part == null && failure instanceof InvalidDestinationException) {
      part = Part.DESTINATION;
    }
    return part == null ? null : new Refusal(part, String.valueOf(message));
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
