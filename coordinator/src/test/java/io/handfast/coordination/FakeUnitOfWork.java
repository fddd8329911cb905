package io.handfast.coordination;

import io.handfast.commit.UnitOfWork;
import io.handfast.database.DatabaseSession;
import io.handfast.message.SourceSession;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.Optional;

/** A unit of work that holds nothing and ends as the test says. */
final class FakeUnitOfWork implements UnitOfWork {

  static final TransactionId LOGGED = new TransactionId("n1", "0a1b2c3d", 1, 1);

  private final Trace trace;
  private Outcome ending = new Outcome.Committed();
  private boolean isLogged = true;

  FakeUnitOfWork(Trace trace) {
    this.trace = trace;
  }

  /** What a commit leads to. */
  FakeUnitOfWork ends(Outcome outcome) {
    ending = outcome;
    return this;
  }

  /** Makes it a unit that no decision is taken on. */
  FakeUnitOfWork notLogged() {
    isLogged = false;
    return this;
  }

  @Override
  public Optional<TransactionId> id() {
    return isLogged ? Optional.of(LOGGED) : Optional.empty();
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
  public void enlist(NamedXaResource resource, String name) {
    throw new UnsupportedOperationException("no branches here");
  }

  @Override
  public List<String> participants() {
    return List.of("broker");
  }

  @Override
  public boolean received() {
    return false;
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

  @Override
  public void close() {
    trace.add("close");
  }
}
