package io.handfast.delivery;

import io.handfast.database.StatementTemplate;
import io.handfast.message.Message;
import io.handfast.message.MessageBody;
import io.handfast.message.Source;
import io.handfast.node.NodeConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The validated specification of a delivery.
 *
 * @param deadLetter the queue for messages that cannot be applied; where the source takes none, the
 *     name for those that are in a table of the sink's database
 */
public record DeliverySpecification(
    Source source,
    Assurance assurance,
    Style style,
    Load load,
    Effects effects,
    Retry retry,
    String deadLetter) {

  static final int DEFAULT_BATCH = 100;
  static final int LARGEST_BATCH = 1000;

  /**
   * What is promised for each message, and how.
   *
   * @param protocol how exactly-once is reached; without effect under other guarantees
   */
  public record Assurance(Guarantee guarantee, ProtocolName protocol) {

    /** Whether units are distributed transactions. */
    public boolean isTwoPhaseCommit() {
      return guarantee == Guarantee.EXACTLY_ONCE && protocol == ProtocolName.TWO_PHASE_COMMIT;
    }

    /** Whether the local commit of the database decides. */
    public boolean isLocalCommit() {
      return guarantee == Guarantee.EXACTLY_ONCE && protocol == ProtocolName.LOCAL_COMMIT;
    }

    /** Whether units prepare a branch at their source. */
    public boolean isPrepared() {
      return isTwoPhaseCommit() || isLocalCommit();
    }

    /** Whether second copies are recognised by an inbox. */
    public boolean isIdempotency() {
      return guarantee == Guarantee.EXACTLY_ONCE && protocol == ProtocolName.IDEMPOTENCY;
    }
  }

  /**
   * How much is done at the same time.
   *
   * @param consumers competing consumers in this coordinator, 1 to 64
   * @param batch most messages in one unit of work, 1 to 1000
   * @param isBatchChosen whether an operator has set the batch; otherwise units grow under a
   *     backlog
   */
  public record Load(int consumers, int batch, boolean isBatchChosen) {}

  /**
   * What is done with each message.
   *
   * @param forward the queue that applied messages are sent on to, or null
   * @param handler the HTTP endpoint that is called with each message, or null
   */
  public record Effects(
      @Nullable Sink sink, @Nullable String forward, @Nullable HandlerCall handler) {}

  /**
   * Statements in a database.
   *
   * @param database the database's name
   * @param statements SQL with named parameters, applied in order for each message
   * @param isRowExpected whether a statement that changes no row fails the message
   * @param onNull those that are applied to a message without a body in the place of the others;
   *     empty where the others are
   * @param format what they get of keys and bodies
   */
  public record Sink(
      String database,
      List<StatementTemplate> statements,
      boolean isRowExpected,
      List<StatementTemplate> onNull,
      Source.Format format) {

    /** The same statements for all messages, which are texts. */
    public Sink(String database, List<StatementTemplate> statements, boolean isRowExpected) {
      this(database, statements, isRowExpected, List.of(), Source.Format.TEXT);
    }

    /** The statements of a message. */
    List<StatementTemplate> statementsOf(Message message) {
      boolean isTombstone = message.place() != null && message.content().equals(MessageBody.NONE);
      return isTombstone && !onNull.isEmpty() ? onNull : statements;
    }
  }

  /**
   * An HTTP endpoint.
   *
   * @param timeout how long its answer may take, at most an hour
   */
  public record HandlerCall(URI url, Duration timeout) {}

  public Guarantee guarantee() {
    return assurance.guarantee();
  }

  public ProtocolName protocol() {
    return assurance.protocol();
  }

  /** Whether the delivery works in distributed transactions. */
  public boolean isTwoPhaseCommit() {
    return assurance.isTwoPhaseCommit();
  }

  /**
   * Whether the local commit of its database decides its units; without a database there is nothing
   * to decide, and a commit of the broker alone settles them.
   */
  public boolean isLocalCommit() {
    return assurance.isLocalCommit() && databaseName() != null;
  }

  /** Whether its units prepare a branch at their source. */
  public boolean isPrepared() {
    return isTwoPhaseCommit() || isLocalCommit() && !isPositioned();
  }

  /** Whether the partitions of its source keep their messages. */
  public boolean isPositioned() {
    return source.isPositioned();
  }

  /** Whether its units send messages to the broker, which is not their source. */
  public boolean hasTarget() {
    return !isOfBroker() && forward() != null;
  }

  /** Whether what its units send there is prepared before their rows are committed. */
  public boolean preparesTarget() {
    return hasTarget() && guarantee() == Guarantee.EXACTLY_ONCE;
  }

  /** Whether the broker takes part in its units, as their source or as what they send to. */
  public boolean usesBroker() {
    return isOfBroker() || hasTarget();
  }

  /** Whether its source leases its messages. */
  public boolean isLeased() {
    return source.isLeased();
  }

  /** Whether its source is a queue of the broker, which takes messages back. */
  public boolean isOfBroker() {
    return !isPositioned() && !isLeased();
  }

  /** Whether the delivery recognises second copies by its inbox. */
  public boolean isIdempotency() {
    return assurance.isIdempotency();
  }

  public int consumers() {
    return load.consumers();
  }

  public int batch() {
    return load.batch();
  }

  public boolean isBatchChosen() {
    return load.isBatchChosen();
  }

  public @Nullable Sink sink() {
    return effects.sink();
  }

  public @Nullable String forward() {
    return effects.forward();
  }

  public @Nullable HandlerCall handler() {
    return effects.handler();
  }

  /**
   * The database that takes part, or null: the sink's; else the one without a name where a handler
   * may call back into the transaction, where clients that pull need an inbox or a marker beside
   * their rows, or where the source leases its messages: what cannot be applied is kept there.
   */
  public @Nullable String databaseName() {
    Sink sink = sink();
    if (sink != null) {
      return sink.database();
    }
    boolean isForCallBacks = handler() != null && assurance.isPrepared();
    boolean isForPull = style == Style.PULL && (isIdempotency() || assurance.isLocalCommit());
    return isForCallBacks || isForPull || isLeased() ? NodeConfig.DEFAULT_DATABASE : null;
  }

  /** Whether bodies go on as they are: to a handler, to clients, or to another queue. */
  boolean handsBodiesOn() {
    return handler() != null || forward() != null || style == Style.PULL;
  }

  /** Most messages in one unit at first; a handler is called inside a unit of its own. */
  public int unitSize() {
    return handler() == null ? batch() : 1;
  }

  /** Most messages in one unit under a backlog. */
  public int largestUnitSize() {
    return handler() != null || isBatchChosen() ? unitSize() : LARGEST_BATCH;
  }

  /**
   * What happens to a message whose application fails.
   *
   * @param attempts failed applications until the message becomes a dead letter, 1 to 10000
   * @param delay how long a failed message waits before it is applied again
   */
  public record Retry(int attempts, Duration delay) {}
}
