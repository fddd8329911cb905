package io.handfast.transaction;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What all fakes of one test were asked, in one order. */
public final class Trace {

  /** The end of the process that was tracing, in the middle of what it did. */
  public static final class Crash extends Error {

    private static final long serialVersionUID = 1L;

    Crash(String step) {
      super("before " + step);
    }
  }

  private final List<String> steps = new CopyOnWriteArrayList<>();
  private volatile int last = Integer.MAX_VALUE;

  public void add(String step) {
    if (steps.size() >= last) {
      throw new Crash(step);
    }
    steps.add(step);
  }

  /** Makes so many more steps possible, and a crash of each one after them. */
  public void crashesAfter(int more) {
    last = steps.size() + more;
  }

  /** Makes every step possible again. */
  public void crashesNoMore() {
    last = Integer.MAX_VALUE;
  }

  public List<String> steps() {
    return List.copyOf(steps);
  }

  /** Starts over, where only what follows matters. */
  public void clear() {
    steps.clear();
  }
}
