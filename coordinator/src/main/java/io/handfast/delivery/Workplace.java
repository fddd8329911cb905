package io.handfast.delivery;

import io.handfast.commit.Transactions;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.coordination.ClientTransactions;
import io.handfast.database.Database;
import io.handfast.event.Events;
import io.handfast.event.Subscriber;
import io.handfast.event.TraceContext;
import io.handfast.log.DecisionLog;
import io.handfast.message.Broker;
import io.handfast.node.Participants;
import io.handfast.recovery.Recovery;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all deliveries of this node work with: participants, the protocol's engine, and recovery.
 *
 * @param transactions the engine of two-phase commit
 * @param log what the engine decided
 * @param failures failed applications of messages that stay in their queue
 * @param events is told what happens to units
 * @param traces says how traces go on in what units send
 * @param admission has a say in which deliveries may work
 */
public record Workplace(
    Participants participants,
    Transactions transactions,
    DecisionLog log,
    Recovery recovery,
    Failures failures,
    ClientTransactions clientTransactions,
    Admission admission,
    Events events,
    TraceContext traces,
    Clock clock) {

  /** The same, with one more subscriber. */
  Workplace watchedBy(Subscriber subscriber) {
    return new Workplace(
        participants,
        transactions,
        log,
        recovery,
        failures,
        clientTransactions,
        admission,
        events.and(subscriber),
        traces,
        clock);
  }

  Protocol protocolOf(DeliverySpecification specification) {
    return switch (specification.guarantee()) {
      case AT_MOST_ONCE -> new AtMostOnce();
      case AT_LEAST_ONCE -> new AtLeastOnce();
      case EXACTLY_ONCE ->
          specification.isIdempotency()
              ? new Idempotency()
              : new TwoPhaseCommit(transactions, log)::run;
    };
  }

  /** The pull style of a delivery. */
  Pull pull(Delivery delivery) {
    SetAside setAside = setAside(delivery.name(), delivery.specification());
    return new Pull(delivery, participants, clientTransactions, setAside);
  }

  SetAside setAside(String name, DeliverySpecification specification) {
    return new SetAside(name, specification, failures, clock);
  }

  /** Asks the participants whether deliveries can work. */
  SpecificationCheck check() {
    return new SpecificationCheck(participants, admission);
  }

  /** Whether units of a delivery may begin. */
  UnitGate gate(DeliverySpecification specification) {
    Database database = databaseOf(specification);
    List<String> names =
        database == null ? List.of(Broker.NAME) : List.of(Broker.NAME, database.name());
    return new UnitGate(recovery, log, names);
  }

  /** The database that takes part in a delivery, or null. */
  @Nullable Database databaseOf(DeliverySpecification specification) {
    String name = specification.databaseName();
    return name == null ? null : participants.database(name).orElse(null);
  }
}
