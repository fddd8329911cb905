package io.handfast.message;

import io.handfast.participant.NamedXaResource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.transaction.xa.XAException;

/**
 * The port to one session at a source: at most one consumer, and sends to any queue.
 *
 * <p>What is received is acknowledged, and what is sent becomes visible, with the transaction that
 * the session belongs to: the XA branch on {@link #xaResource()}, or {@link #commit()}. Used by one
 * thread at a time; {@link #close()}, {@link #abandon()} and {@link #wakeUp()} may come from any
 * thread.
 */
public interface SourceSession extends AutoCloseable {

  /** The branch that holds this session's work; only a session opened for XA has one. */
  NamedXaResource xaResource();

  /**
   * Asks the source to roll a branch of this session back that is open for longer.
   *
   * @return whether the source agreed
   */
  boolean setBranchTimeout(Duration timeout) throws XAException;

  /** Subscribes to a source; messages may be sent to this session's buffer from now on. */
  void consume(Source source) throws BrokerException;

  /**
   * Subscribes to a source for a moment, to find out what is held against it.
   *
   * @return what is refused, if anything
   * @throws BrokerException the source cannot be asked now
   */
  Optional<Refusal> refusalOf(Source source) throws BrokerException;

  /**
   * Takes up to {@code max} messages of the source consumed last: waits for the first, then takes
   * what has already arrived, or under a backlog is about to, until they have the bytes that a unit
   * may have. They count as in flight until {@link #settled()} or {@link #close()}.
   *
   * @return the messages in order of arrival; empty where none came within {@code wait}, or before
   *     {@link #wakeUp()}
   */
  List<Message> receive(int max, Duration wait) throws BrokerException;

  /**
   * Says for how long {@link #receive} is about to be called again and again, as long as nothing
   * comes: a source that is asked by requests needs one for several calls then. Zero says that no
   * call follows for long: others can have what was received and not handed out.
   */
  default void expect(Duration wait) {
    // What arrives is sent here without being asked for.
  }

  /**
   * Ends the wait of {@link #receive} for a first message: of the call under way, else of the next
   * one. May come from any thread, and returns at once.
   */
  void wakeUp();

  /** What was received so far takes no memory any more. */
  void settled();

  /**
   * Sees that the source still has this session's consumer: what it received before the consumer
   * was closed, or the lease of it ended, cannot be acknowledged any more. Asks nothing.
   *
   * @throws UnusableMessageException the source has closed the consumer, for a message that it
   *     cannot hand out
   * @throws BrokerException the lease of a message has ended: another may have it
   */
  void requireConsumer() throws BrokerException;

  /**
   * Has something done, from any thread and once, as soon as the lease of a message in flight has
   * ended, with the reason: its unit is of no use any more. A source that leases nothing never does
   * it.
   */
  default void whenLost(Consumer<BrokerException> action) {
    // What was received stays the session's.
  }

  /**
   * Keeps a message in flight from being acknowledged: with the end of the unit, commit or
   * rollback, it is given back, and comes again after a delay. Until then no other of its group
   * does.
   *
   * @throws UnsupportedOperationException the source leases no messages
   */
  default void hold(Message message, Duration delay) {
    throw new UnsupportedOperationException("messages of this source are not leased");
  }

  /**
   * The first messages of a queue that must exist, as they lie there; takes none of them. At a
   * message that cannot be handed out it shows no more than those that Handfast has sent.
   */
  List<Message> browse(String queue, int max) throws BrokerException;

  /** Removes a durable subscription with all its messages; nothing may consume from it. */
  void unsubscribe(String subscription) throws BrokerException;

  /**
   * Sends a new text message to a queue.
   *
   * @throws TargetRefusedException it would reach no queue
   */
  void send(String queue, String body, Map<String, Object> headers) throws BrokerException;

  /**
   * Sends a copy of a message in flight to a queue, or to {@code address::queue}.
   *
   * @throws TargetRefusedException it would reach no queue
   * @throws UnusableMessageException the message cannot be copied
   */
  void send(String queue, MessageCopy copy) throws BrokerException;

  /**
   * Whether a queue takes a copy: it may have a filter that the copy does not match.
   *
   * @throws TargetRefusedException it takes none
   */
  boolean takes(String queue, MessageCopy copy) throws BrokerException;

  /**
   * Sees that a queue exists, or creates it, and that what is sent to it is kept.
   *
   * @throws TargetRefusedException messages for it could be lost
   */
  void requireKept(String queue) throws BrokerException;

  /** Acknowledges and sends, in a local session; returns when that is confirmed. */
  void commit() throws BrokerException;

  /**
   * Commits what was sent, once under an id, whatever other sessions do at the same time.
   *
   * @param id of letters, digits and hyphens
   */
  SendAcceptance commitOnce(String id) throws BrokerException;

  /** Gives everything in flight back, in a local session. */
  void rollback() throws BrokerException;

  /** Gives what is neither committed nor prepared back, and closes it. */
  @Override
  void close();

  /** Gives everything in flight back at once, whatever its thread is doing. */
  void abandon();
}
