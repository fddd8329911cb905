package io.handfast.simulation;

import java.time.Duration;

/** What goes wrong in a schedule: each call and each step of a disk asks. */
interface Faults {

  /** What becomes of a call. */
  enum Fault {
    NONE,
    LOST,
    UNANSWERED,
    /** The caller takes it for lost, and it takes effect later. */
    LATE,
    /** It takes a while, in which the other threads of the caller go on. */
    SLOW,
    /** The caller stands still before it, and the broker takes its node's name for free. */
    SUSPENDED,
    /** It takes effect; then the caller stands still, others go on, and the answer is lost. */
    UNANSWERED_AND_SUSPENDED,
    CRASH_BEFORE,
    CRASH_AFTER,
    /** The caller crashes, and the call takes effect later. */
    CRASH_LATE
  }

  /** What a crash takes of what the disk has not forced. */
  enum Power {
    STAYS,
    CUT,
    RAGGED
  }

  /** What becomes of a call of a process. */
  Fault ofCall(SimulatedProcess caller, String participant, String call);

  /** What becomes of a step of a process' disk: none, it is lost, or the process ends there. */
  Fault ofDisk(SimulatedProcess writer, String step);

  /** Whether a lock is waited for no longer. */
  boolean isLockTimedOut();

  /** When a late call takes effect. */
  Duration delay();

  /** For how long a process stands still. */
  Duration suspension();

  /** What a crash takes with it. */
  Power power();

  /** Nothing goes wrong any more. */
  void end();

  boolean areOver();
}
