package io.handfast.kafka;

import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerException;
import io.handfast.message.TargetRefusedException;
import io.handfast.participant.Secrets;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Says in Handfast's words what failures of Kafka's clients mean, and what to do. */
final class KafkaFailures {

  private static final Set<Class<? extends KafkaException>> LOST_MEMBERSHIP =
      Set.of(
          CommitFailedException.class,
          RebalanceInProgressException.class,
          IllegalGenerationException.class,
          UnknownMemberIdException.class,
          FencedInstanceIdException.class);

  private final String brokers;

  KafkaFailures(String brokers) {
    this.brokers = brokers;
  }

  /** What a failure stands for, in a call about a topic. */
  BrokerException of(Throwable failure, String topic) {
    Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
    if (cause instanceof BrokerException known) {
      return known;
    }
    if (cause instanceof AuthenticationException) {
      return refused(
          "Kafka at %s does not know this user or its credentials".formatted(brokers), cause);
    }
    if (cause instanceof TopicAuthorizationException) {
      return refused("the user lacks READ and DESCRIBE on topic " + topic, cause);
    }
    if (cause instanceof GroupAuthorizationException group) {
      return refused(
          "the user lacks READ on group %s, or DELETE to forget what it has read"
              .formatted(group.groupId()),
          cause);
    }
    if (cause instanceof AuthorizationException) {
      return refused("the user lacks a right", cause);
    }
    if (cause instanceof UnknownTopicOrPartitionException) {
      return new TargetRefusedException(
          topic, "a topic of the cluster at " + brokers + ", which has none of this name");
    }
    if (cause instanceof InvalidTopicException) {
      return new TargetRefusedException(topic, "the name of a topic");
    }
    BrokerException said = new BrokerException(Secrets.hidden(text(cause)));
    said.addSuppressed(cause); // as a cause, its words would be told in the place of these
    return said;
  }

  /** The user may ask about a topic and not read it. */
  BrokerException unreadable(String topic) {
    return new BrokerAccessException(
        new KafkaException("the user lacks READ on topic " + topic + ", and may describe it"));
  }

  private String text(Throwable cause) {
    if (LOST_MEMBERSHIP.contains(cause.getClass())) {
      return "the group has given partitions of this session to other consumers; a node that stands still for longer than session.timeout.ms or max.poll.interval.ms loses its partitions so";
    }
    if (cause instanceof InterruptException) {
      return "interrupted";
    }
    if (cause instanceof TimeoutException) {
      return "Kafka at %s does not answer in time; it is unreachable, or expects another security.protocol: %s"
          .formatted(brokers, cause.getMessage());
    }
    if (cause instanceof UnsupportedVersionException) {
      return "Kafka at %s is too old: %s".formatted(brokers, cause.getMessage());
    }
    if (cause instanceof ConfigException || cause.getCause() instanceof ConfigException) {
      Throwable config = cause instanceof ConfigException ? cause : cause.getCause();
      return "Kafka's client cannot use its settings (handfast.kafka): " + config.getMessage();
    }
    return "Kafka's client failed: %s%s"
        .formatted(cause, cause.getCause() == null ? "" : ": " + cause.getCause().getMessage());
  }

  private static BrokerException refused(String what, Throwable answer) {
    KafkaException said = new KafkaException("%s: %s".formatted(what, answer.getMessage()));
    said.addSuppressed(answer); // as a cause, its words would be told in the place of these
    return new BrokerAccessException(said);
  }
}
