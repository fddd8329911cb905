package io.handfast.drain;

import io.handfast.drain.OutstandingWork.InDoubt;
import io.handfast.drain.OutstandingWork.InHand;
import io.handfast.transaction.Trace;
import java.util.List;
import java.util.Map;

/** A node that has left to do what the test says. */
final class FakeNode implements DrainedWork {

  static final InHand NOTHING_IN_HAND = new InHand(Map.of(), List.of(), List.of());
  static final InDoubt NOTHING_IN_DOUBT =
      new InDoubt(List.of(), Map.of(), List.of(), List.of(), true);
  static final OutstandingWork NOTHING =
      new OutstandingWork(NOTHING_IN_HAND, NOTHING_IN_DOUBT, Map.of());
  static final OutstandingWork UNIT =
      new OutstandingWork(
          new InHand(Map.of("orders", 2), List.of(), List.of()), NOTHING_IN_DOUBT, Map.of());
  static final OutstandingWork AWAY =
      new OutstandingWork(NOTHING_IN_HAND, NOTHING_IN_DOUBT, Map.of("database", "refused"));

  private final Trace trace;
  private OutstandingWork outstanding = NOTHING;
  private OutstandingWork found = NOTHING;
  private boolean reachesAll = true;
  private boolean failsToAllow;
  private Runnable onChange = () -> {};

  FakeNode(Trace trace) {
    this.trace = trace;
  }

  /** What is left to do from now on, until a scan finds otherwise. */
  FakeNode has(OutstandingWork left) {
    outstanding = left;
    return this;
  }

  /** What scans find from now on. */
  FakeNode scansFind(OutstandingWork left) {
    found = left;
    return this;
  }

  /** Whether scans reach every participant from now on. */
  FakeNode scansReachAll(boolean all) {
    reachesAll = all;
    return this;
  }

  /** Makes the next attempt to allow the intake fail. */
  FakeNode failsToAllowOnce() {
    failsToAllow = true;
    return this;
  }

  /** What to do in the middle of stopping or allowing the intake. */
  FakeNode whenChanged(Runnable look) {
    onChange = look;
    return this;
  }

  @Override
  public void stopIntake() {
    trace.add("stop intake");
    onChange.run();
  }

  @Override
  public void allowIntake() {
    if (failsToAllow) {
      failsToAllow = false;
      throw new IllegalStateException("it does not start");
    }
    trace.add("allow intake");
    onChange.run();
  }

  @Override
  public int giveBackInHand() {
    trace.add("give back");
    return 1;
  }

  @Override
  public OutstandingWork outstanding() {
    return outstanding;
  }

  @Override
  public boolean scan() {
    trace.add("scan");
    outstanding = found;
    return reachesAll;
  }
}
