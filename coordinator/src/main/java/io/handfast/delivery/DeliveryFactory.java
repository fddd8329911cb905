package io.handfast.delivery;

import io.handfast.commit.Protocols;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Creates deliveries from their specifications.
 *
 * @param protocols of units that prepare a branch
 * @param log what two-phase commit has decided
 * @param failures failed applications of messages that stay in their queue
 * @param events is told what happens to units
 * @param traces says how traces go on in what units send
 * @param admission has a say in which deliveries may work
 * @param keep how long inboxes keep ids
 */
public record DeliveryFactory(
    Participants participants,
    Protocols protocols,
    DecisionLog log,
    Recovery recovery,
    Failures failures,
    ClientTransactions clientTransactions,
    Admission admission,
    Events events,
    TraceContext traces,
    Duration keep,
    Clock clock) {

  /** The same, with one more subscriber. */
  DeliveryFactory watchedBy(Subscriber subscriber) {
    return new DeliveryFactory(
        participants,
        protocols,
        log,
        recovery,
        failures,
        clientTransactions,
        admission,
        events.and(subscriber),
        traces,
        keep,
        clock);
  }

  /** What a delivery's consumers and clients work with. */
  DeliveryParts parts(Delivery delivery, Counters counters) {
    String name = delivery.name();
    DeliverySpecification specification = delivery.specification();
    DeferredMessages deferred = new DeferredMessages(name, specification, failures, clock);
    UnitEvents unitEvents = new UnitEvents(delivery, events, traces);
    UnitGate gate = new UnitGate(recovery, log, participantsOf(specification));
    return new DeliveryParts(
        name,
        specification,
        new UnitOpener(
            name,
            specification,
            participants,
            protocols,
            check(),
            gate,
            new PeerProtocol(protocols.node(), delivery, participants),
            new InboxState.Keeping(keep, clock)),
        sinks(specification, deferred, unitEvents),
        gate,
        new DeliverySource(name, specification, participants),
        deferred,
        unitEvents,
        new Interruption(name, specification.deadLetter(), clock),
        counters,
        admission);
  }

  private Supplier<Sink> sinks(
      DeliverySpecification specification, DeferredMessages deferred, UnitEvents unitEvents) {
    DeliverySpecification.Sink statements = specification.sink();
    Sink rows =
        statements == null
            ? Sink.NONE
            : (work, batch, messages) ->
                new StatementApplication(
                        statements, work.database(statements.database()), deferred.suspects())
                    .apply(messages);
    if (specification.handler() == null) {
      return () -> rows;
    }
    Handler handler = new Handler(specification.handler(), clock);
    // Under idempotency a handler adds nothing to the unit, whether that has an id or not.
    ClientTransactions lending = specification.isIdempotency() ? null : clientTransactions;
    return () -> new HandlerSink(rows, handler, deferred, lending, unitEvents);
  }

  /** The pull style of a delivery. */
  Pull pull(Delivery delivery, DeliveryParts parts) {
    return new Pull(delivery, parts, participants, clientTransactions);
  }

  /** Asks the participants whether deliveries can work. */
  SpecificationCheck check() {
    return new SpecificationCheck(participants, admission);
  }

  private List<String> participantsOf(DeliverySpecification specification) {
    return Stream.concat(
            specification.usesBroker() ? Stream.of(Broker.NAME) : Stream.empty(),
            Optional.ofNullable(specification.databaseName())
                .flatMap(participants::database)
                .map(Database::name)
                .stream())
        .toList();
  }
}
