package io.handfast.simulation;

/** Ends a thread of a process that is gone; it has no effect on anything any more. */
final class Crash extends Error {

  private static final long serialVersionUID = 1L;

  static final Crash NOW = new Crash();

  private Crash() {
    super("the process is gone", null, false, false);
  }
}
