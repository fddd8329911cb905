package io.handfast.message;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The port to a broker's administration. Not thread-safe.
 *
 * <p>Each throws {@link BrokerException} where the broker does not answer, or its user may not ask.
 */
public interface BrokerAdministration extends AutoCloseable {

  /** What a queue holds now, or empty where the queue does not exist. */
  Optional<QueueState> queue(String name) throws BrokerException;

  /** The names of all queues that begin in this way. */
  List<String> queuesBeginningWith(String prefix) throws BrokerException;

  /** Removes a queue with its consumers and messages, and its address with the last queue. */
  void removeQueue(String name) throws BrokerException;

  /** What the broker's settings say of the messages of a queue. */
  AddressRules rulesOf(String queue) throws BrokerException;

  /**
   * Has the broker move a message from one queue to another, as it is: what no client can take out
   * of a queue, the broker can.
   *
   * @param number the broker's number of the message; null for the first one of the queue, if the
   *     broker fails to hand it out
   * @return the number of the message that was moved; empty where there is none, where it can be
   *     handed out, or where a consumer has it now
   */
  Optional<Long> moveUnusable(String from, @Nullable Long number, String to) throws BrokerException;

  /** The broker's version, such as {@code 2.56.0}. */
  String version() throws BrokerException;

  /** Whether the broker keeps messages and prepared transactions on disk. */
  boolean isPersistent() throws BrokerException;

  /**
   * How the broker remembers duplicate-detection ids, where an address has no setting of its own.
   */
  DuplicateIdMemory idMemory() throws BrokerException;

  @Override
  void close();
}
