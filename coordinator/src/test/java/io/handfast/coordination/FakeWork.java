package io.handfast.coordination;

import io.handfast.database.DatabaseSession;
import io.handfast.message.SourceSession;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.Optional;

/** Work that holds nothing and ends as the test says. */
final class FakeWork implements Work {

  static final TransactionId LOGGED = new TransactionId("n1", "0a1b2c3d", 1, 1);

  private final Trace trace;
  private Outcome ending = new Outcome.Committed();
  private boolean isLogged = true;

  FakeWork(Trace trace) {
    this.trace = trace;
  }

  /** What a commit leads to. */
  FakeWork ends(Outcome outcome) {
    ending = outcome;
    return this;
  }

  /** Makes it work that no decision is taken on. */
  FakeWork notLogged() {
    isLogged = false;
    return this;
  }

  @Override
  public SourceSession messages() {
    throw new UnsupportedOperationException("no broker here");
  }

  @Override
  public DatabaseSession database(String name) {
    throw new UnsupportedOperationException("no database here");
  }

  @Override
  public List<String> participants() {
    return List.of("broker");
  }

  @Override
  public Optional<TransactionId> logged() {
    return isLogged ? Optional.of(LOGGED) : Optional.empty();
  }

  @Override
  public Outcome commit() {
    trace.add("commit");
    return ending;
  }

  @Override
  public void rollback() {
    trace.add("rollback");
  }
}
