package io.handfast.commit;

import io.handfast.database.DatabaseSession;
import io.handfast.message.SourceSession;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.Optional;

/**
 * One unit of work: the sessions whose messages and rows it settles, in the order of its protocol.
 *
 * <p>It has three drivers: a consumer, which receives, applies and commits in one go; a client that
 * pulls; and a client's transaction over REST. A unit is bound to no thread and used by one at a
 * time.
 */
public interface UnitOfWork extends AutoCloseable {

  /** The transaction; empty for a unit that no decision is taken on. */
  Optional<TransactionId> id();

  /** Whether the decision log keeps the decision, and not a marker. */
  default boolean isLogged() {
    return id().isPresent();
  }

  /** The session that messages are received in, which takes part from now on. */
  SourceSession messages() throws Exception;

  /**
   * The session that messages are sent in, which takes part from now on: that of {@link
   * #messages()}, unless their source takes none.
   */
  default SourceSession target() throws Exception {
    return messages();
  }

  /**
   * How many messages the unit may receive, of so many that it is ready for: one alone where a
   * message that has failed before is to be found out about.
   */
  default int atMost(int max) {
    return max;
  }

  /**
   * The session that statements run in, which takes part from now on.
   *
   * @throws RefusedException this unit cannot settle two databases together
   */
  DatabaseSession database(String name) throws Exception;

  /**
   * Lets another resource take part, under a name for people.
   *
   * @throws IllegalStateException the unit has no {@link #id()}
   */
  void enlist(NamedXaResource resource, String name) throws Exception;

  /** The participants so far, by name. */
  List<String> participants();

  /**
   * The messages have come, and are about to be applied.
   *
   * @return whether the broker has let them go, so that they do not come again
   */
  boolean received() throws Exception;

  /**
   * Nothing more is received or sent in this unit, unless it is rolled back: its branch at the
   * source may be prepared from now on.
   *
   * @return whether that is being done, so that nothing can be sent any more
   */
  default boolean sourceDone() {
    return false;
  }

  /** Settles the unit; it is of no use any more, whatever the outcome. */
  Outcome commit();

  /**
   * Abandons the unit: none of it takes effect. What local sessions hold goes when they are rolled
   * back or closed.
   */
  void rollback();

  /** Closes the sessions, where no later unit is to use them. */
  @Override
  void close();

  /** Refuses a second database, which only a distributed transaction settles with the first. */
  static RefusedException secondDatabase(String first, String second) {
    return new RefusedException(
        RefusedException.Reason.SECOND_DATABASE,
        "this transaction is bound to database '%s' and cannot write to '%s' as well; use guarantee exactly-once with protocol two-phase-commit for that"
            .formatted(first, second));
  }
}
