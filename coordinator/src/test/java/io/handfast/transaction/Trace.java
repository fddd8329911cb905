package io.handfast.transaction;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What all fakes of one test were asked, in one order. */
public final class Trace {

  private final List<String> steps = new CopyOnWriteArrayList<>();

  public void add(String step) {
    steps.add(step);
  }

  public List<String> steps() {
    return List.copyOf(steps);
  }

  /** Starts over, where only what follows matters. */
  public void clear() {
    steps.clear();
  }
}
