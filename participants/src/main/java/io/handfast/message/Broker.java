package io.handfast.message;

import io.handfast.participant.Participant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A message broker: a source that is a participant of transactions and can be administered. */
public interface Broker extends SourceConnector, Participant {

  /** The broker's name in branch ids, log and API. */
  String NAME = "broker";

  /** Whether there is one; what stands for none refuses each call. */
  default boolean isPresent() {
    return true;
  }

  /** Where it is, and as whom this node connects. */
  BrokerSettings settings();

  /** Opens a connection for questions about the broker itself. */
  BrokerAdministration openAdministration() throws BrokerException;

  /**
   * Why this node's user cannot send to a queue so that its messages are kept: a rule that the
   * queue breaks, or null. Creates a queue that does not exist. What it sends to find out is rolled
   * back.
   *
   * @param isForAll whether the queue must take messages of any kind
   * @throws BrokerException the broker cannot be asked now
   */
  @Nullable String targetProblem(String queue, boolean isForAll) throws BrokerException;

  /** The queues that the broker takes no messages for, since its disk or the address is full. */
  Set<String> blockedQueues();
}
