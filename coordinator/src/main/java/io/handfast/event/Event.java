package io.handfast.event;

import io.handfast.message.Broker;
import io.handfast.message.Message;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The events of this process; each is published once, by the code that causes it. */
public sealed interface Event {

  /** A step that took time is over, by which a unit or a transaction went on or failed. */
  sealed interface Step extends Event {

    /** The transaction that it is a step of; null where the protocol decides none. */
    @Nullable TransactionId transaction();

    /** Its name on the wire, in metrics and in traces. */
    String step();

    /** The participant that took it; null for the coordinator itself. */
    default @Nullable String participant() {
      return null;
    }

    /** How long it took. */
    long nanos();

    /** What is to be said of it, made when it is asked for; null where there is nothing. */
    default @Nullable String detail() {
      return null;
    }

    /** Why it failed; null where it did not. */
    default @Nullable Exception failure() {
      return null;
    }
  }

  /** A delivery exists from now on, or has taken the place of one of its name. */
  record DeliveryOpened(ObservedDelivery delivery) implements Event {}

  /** A delivery was deleted. */
  record DeliveryClosed(ObservedDelivery delivery) implements Event {}

  /**
   * The messages of a consumer's unit have come. Later events of the unit refer to this one.
   *
   * @param messages at least one
   * @param receivedNanos when they had come, by {@link System#nanoTime()}
   * @param nanos how long the source was asked for them
   */
  record UnitReceived(
      ObservedDelivery delivery,
      @Nullable TransactionId transaction,
      List<Message> messages,
      long receivedNanos,
      long nanos)
      implements Step {

    @Override
    public String step() {
      return "receive";
    }

    @Override
    public String participant() {
      return Broker.NAME;
    }

    @Override
    public String detail() {
      return messages.size() + (messages.size() == 1 ? " message" : " messages");
    }
  }

  /**
   * The messages of a unit have been applied, or that has failed; nothing is committed yet.
   *
   * @param applied how many were applied
   * @param refused how many were not, and are deferred or dead-lettered with the unit
   */
  record UnitApplied(
      UnitReceived unit, int applied, int refused, long nanos, @Nullable Exception failure)
      implements Step {

    @Override
    public @Nullable TransactionId transaction() {
      return unit.transaction();
    }

    @Override
    public String step() {
      return "apply";
    }

    @Override
    public String detail() {
      return applied + " applied" + (refused == 0 ? "" : ", " + refused + " not");
    }
  }

  /**
   * A unit of a consumer is over, in whatever way.
   *
   * @param applied the messages that were applied; undone again unless the outcome is to commit
   * @param refused why messages were not applied, by their ids
   * @param nanos how long it took from the moment when its messages had come
   */
  record UnitEnded(
      UnitReceived unit,
      Outcome outcome,
      List<Message> applied,
      Map<String, String> refused,
      long nanos)
      implements Event {

    /** The messages that took effect, or will: their transaction is decided. */
    public List<Message> tookEffect() {
      return outcome instanceof Outcome.Committed || outcome instanceof Outcome.Decided
          ? applied
          : List.of();
    }
  }

  /** A client has begun a transaction, in the thread that answers its request. */
  record ClientTransactionBegun(TransactionId transaction) implements Event {}

  /** A client's transaction is over here; what is left of it is recovery's. */
  record ClientTransactionEnded(TransactionId transaction, Outcome outcome) implements Event {}

  /** A participant has answered in a step of a branch, or has failed to. */
  record BranchStep(
      TransactionId transaction,
      Kind kind,
      String participant,
      long nanos,
      @Nullable Exception failure)
      implements Step {

    /** What a participant is asked to do with a branch. */
    public enum Kind {
      /** Take part in a client's transaction. */
      JOIN,
      PREPARE,
      COMMIT,
      ROLLBACK
    }

    @Override
    public String step() {
      return kind.name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The decision to commit is durable.
   *
   * @param nanos how long ago the last vote was
   */
  record Decided(TransactionId transaction, long nanos) implements Step {

    @Override
    public String step() {
      return "decide";
    }

    @Override
    public String detail() {
      return "forced to the log";
    }
  }

  /** Recovery has scanned a participant for the first time, or again after it was unreachable. */
  record ParticipantReached(String participant) implements Event {}

  /** Recovery has ended a branch, as the decision log has it. */
  record BranchRecovered(TransactionId transaction, String participant, boolean isCommitted)
      implements Event {

    /** What was done with the branch, by its name on the wire. */
    public String action() {
      return isCommitted ? "commit" : "rollback";
    }
  }

  /**
   * A group of records of the decision log is on disk; those that begin a generation are not told.
   *
   * @param records how many records it had, those included that would not have been waited for
   * @param nanos how long the disk took for it
   */
  record LogForced(int records, long nanos) implements Event {}
}
