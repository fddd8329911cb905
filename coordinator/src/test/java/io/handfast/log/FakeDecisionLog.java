package io.handfast.log;

import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A decision log in memory that says what the test wants, and tells the trace when it is asked. */
public final class FakeDecisionLog implements DecisionLog {

  private final Trace trace;
  private final Map<TransactionId, Verdict> decisions = new LinkedHashMap<>();
  private final Map<TransactionId, Set<String>> participants = new HashMap<>();
  private Verdict otherwise = Verdict.NONE;
  private volatile boolean isBroken;
  private String preparedAt = "the first";

  public FakeDecisionLog(Trace trace) {
    this.trace = trace;
  }

  /** Sets what the log knows about one transaction of the broker and the database. */
  public FakeDecisionLog says(TransactionId id, Verdict decision) {
    return says(id, decision, "broker", "database");
  }

  /** Sets what the log knows about one transaction, and who takes part in it. */
  public FakeDecisionLog says(TransactionId id, Verdict decision, String... names) {
    decisions.put(id, decision);
    participants.put(id, Set.of(names));
    return this;
  }

  /** Sets the identity of every participant that has prepared. */
  public FakeDecisionLog preparedAt(String identity) {
    preparedAt = identity;
    return this;
  }

  /** Sets what the log knows about every other transaction. */
  public FakeDecisionLog says(Verdict decision) {
    otherwise = decision;
    return this;
  }

  /** Whether settling what is unknown fails as nothing should. */
  public FakeDecisionLog broken(boolean broken) {
    isBroken = broken;
    return this;
  }

  @Override
  public Verdict decisionOf(TransactionId id) {
    trace.add("ask log");
    return decisions.getOrDefault(id, otherwise);
  }

  @Override
  public Map<TransactionId, Set<String>> unconfirmed() {
    trace.add("list decisions");
    return decided();
  }

  private Map<TransactionId, Set<String>> decided() {
    Map<TransactionId, Set<String>> unconfirmed = new HashMap<>(participants);
    unconfirmed.keySet().removeIf(id -> decisions.get(id) != Verdict.COMMIT);
    return unconfirmed;
  }

  @Override
  public Collection<LoggedDecision> content() {
    return decided().entrySet().stream()
        .map(entry -> decision(entry.getKey(), entry.getValue()))
        .toList();
  }

  private LoggedDecision decision(TransactionId id, Set<String> names) {
    Map<String, String> identified = new HashMap<>();
    names.forEach(name -> identified.put(name, preparedAt));
    return new LoggedDecision(id, identified, Instant.EPOCH);
  }

  @Override
  public void confirmed(TransactionId id) {
    trace.add("forget " + id);
    decisions.remove(id);
  }

  @Override
  public boolean isCertain() {
    return !decisions.containsValue(Verdict.UNKNOWN);
  }

  @Override
  public boolean learnUnknown() {
    trace.add("settle log");
    if (isBroken) {
      throw new IllegalStateException("the log is broken");
    }
    return isCertain();
  }
}
