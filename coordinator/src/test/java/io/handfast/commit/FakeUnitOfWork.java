package io.handfast.commit;

import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A unit of work that does nothing, and fails at the step that the test says. */
final class FakeUnitOfWork implements UnitOfWork {

  private final Trace trace;
  private final NamedXaResource messages;
  private @Nullable NamedXaResource database;
  private boolean isSomethingThere = true;
  private @Nullable String failingStep;
  private @Nullable Exception failure;
  private @Nullable TransactionId begun;

  FakeUnitOfWork(Trace trace) {
    this.trace = trace;
    this.messages = new NamedXaResource("broker", new FakeXaResource("broker", trace));
    this.database = new NamedXaResource("database", new FakeXaResource("database", trace));
  }

  /** Makes {@code receive} or {@code apply} fail. */
  FakeUnitOfWork failsAt(String step, Exception with) {
    failingStep = step;
    failure = with;
    return this;
  }

  FakeUnitOfWork findsNothing() {
    isSomethingThere = false;
    return this;
  }

  FakeUnitOfWork withoutDatabase() {
    database = null;
    return this;
  }

  @Override
  public NamedXaResource messages() {
    return messages;
  }

  @Override
  public Optional<NamedXaResource> database() {
    return Optional.ofNullable(database);
  }

  @Override
  public void begun(TransactionId id) {
    trace.add("begun");
    begun = id;
  }

  /** The transaction that the unit was told of, or null. */
  @Nullable TransactionId begun() {
    return begun;
  }

  @Override
  public boolean receive() throws Exception {
    step("receive");
    return isSomethingThere;
  }

  @Override
  public void apply() throws Exception {
    step("apply");
  }

  private void step(String step) throws Exception {
    trace.add(step);
    if (step.equals(failingStep) && failure != null) {
      throw failure;
    }
  }
}
