package io.handfast.delivery;

import io.handfast.concurrent.Scheduling;
import io.handfast.delivery.StatementApplication.Refused;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.event.Event.UnitReceived;
import io.handfast.message.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The messages in flight of one unit of work, and what became of each so far. */
final class Batch {

  private final List<Message> inFlight;
  private final @Nullable UnitReceived received;
  private final long begunNanos;
  private final List<Message> copies = new ArrayList<>();
  private final List<Message> held = new ArrayList<>();
  private Result result = new Result(List.of(), List.of());
  private final List<Refused> deadLetters = new ArrayList<>();
  private boolean acknowledged;

  Batch(List<Message> inFlight) {
    this.inFlight = inFlight;
    this.received = null;
    this.begunNanos = Scheduling.nanoTime();
  }

  Batch(UnitReceived received) {
    this.inFlight = received.messages();
    this.received = received;
    this.begunNanos = received.receivedNanos();
  }

  /** Everything in flight, in the order of arrival. */
  List<Message> inFlight() {
    return inFlight;
  }

  /** What was published of its begin; null for what is no unit of a consumer. */
  @Nullable UnitReceived received() {
    return received;
  }

  /** When its messages had come, by {@link Scheduling#nanoTime()}. */
  long begunNanos() {
    return begunNanos;
  }

  /** Takes messages out that their source keeps for later. */
  void hold(Collection<Message> messages) {
    held.addAll(messages);
  }

  /** What is in flight and not kept by the source for later. */
  List<Message> notHeld() {
    return held.isEmpty() ? inFlight : without(held);
  }

  private List<Message> without(List<Message> others) {
    List<Message> rest = new ArrayList<>(inFlight);
    rest.removeAll(others);
    return rest;
  }

  /** Takes second copies out of what is to be applied, those of another one in flight included. */
  void recognise(Set<String> known) {
    Set<String> seen = new HashSet<>(known);
    copies.clear();
    for (Message message : notHeld()) {
      if (!seen.add(message.deduplicationId())) {
        copies.add(message);
      }
    }
  }

  /** What is to be applied. */
  List<Message> toApply() {
    List<Message> rest = notHeld();
    if (copies.isEmpty()) {
      return rest;
    }
    List<Message> fresh = new ArrayList<>(rest);
    fresh.removeAll(copies);
    return fresh;
  }

  /** Second copies, whose rows are there already. */
  List<Message> copies() {
    return copies;
  }

  void applied(Result result) {
    this.result = result;
  }

  List<Message> applied() {
    return result.applied();
  }

  List<Refused> refused() {
    return result.refused();
  }

  /** Why messages were refused, by their ids. */
  Map<String, String> causes() {
    if (result.refused().isEmpty()) {
      return Map.of();
    }
    Map<String, String> causes = new HashMap<>();
    result.refused().forEach(refused -> causes.put(refused.message().id(), refused.cause()));
    return causes;
  }

  /** The ids of messages that are gone for good: what was deferred comes again under its id. */
  List<String> goneIds() {
    List<Message> deferred = result.refused().stream().map(Refused::message).toList();
    return notHeld().stream()
        .filter(message -> !deferred.contains(message))
        .map(Message::deduplicationId)
        .toList();
  }

  void deadLettered(Refused refused) {
    deadLetters.add(refused);
  }

  /** What goes to the dead-letter queue with this unit, if it is committed. */
  List<Refused> deadLetters() {
    return deadLetters;
  }

  void acknowledged() {
    acknowledged = true;
  }

  /** Whether the broker has let the messages go already. */
  boolean isAcknowledged() {
    return acknowledged;
  }

  /** Counts the unit as committed. */
  void countCommitted(Counters counters) {
    countReceived(counters);
    counters.committed.add(result.applied().size());
    counters.deadLettered.add(deadLetters.size());
    counters.rolledBack.add(result.refused().size() - deadLetters.size() + held.size());
    counters.duplicatesDropped.add(copies.size());
  }

  /** Counts the unit as rolled back. */
  void countRolledBack(Counters counters) {
    countReceived(counters);
    counters.rolledBack.add(inFlight.size());
  }

  private void countReceived(Counters counters) {
    counters.received.add(inFlight.size());
    counters.nonPersistent.add(inFlight.stream().filter(m -> !m.isPersistent()).count());
    counters.redelivered.add(inFlight.stream().filter(Message::isRedelivered).count());
  }
}
