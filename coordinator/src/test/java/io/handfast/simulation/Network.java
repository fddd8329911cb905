package io.handfast.simulation;

import io.handfast.simulation.Faults.Fault;
import java.time.Duration;

/** The way from processes to participants, on which calls and answers are lost, or late. */
final class Network {

  /** What processes run on. */
  interface Machines {

    /** Ends a process, and what it holds at participants. */
    void crash(SimulatedProcess process);

    /** Lets a process stand still for a while: the broker loses its claim of its node's name. */
    void suspend(SimulatedProcess process);
  }

  private final Simulation simulation;
  private final Faults faults;
  private final Machines machines;
  private final SimulatedProcess own;
  private int late;

  /**
   * A network.
   *
   * @param machines what its users run on
   */
  Network(Simulation simulation, Faults faults, Machines machines) {
    this.simulation = simulation;
    this.faults = faults;
    this.machines = machines;
    this.own = new SimulatedProcess(simulation, "network");
  }

  /** Makes a call for a process. */
  Object call(
      SimulatedProcess caller, String participant, String name, Connection connection, Call call)
      throws Exception {
    caller.requireAlive();
    String what = participant + " " + name;
    simulation.point(what);
    Fault fault = faults.ofCall(caller, participant, name);
    if (fault != Fault.NONE) {
      simulation.note(what + ": " + fault);
    }
    switch (fault) {
      case LOST -> {
        connection.cut();
        throw new LostCallException(what);
      }
      case LATE -> {
        connection.leave();
        later(what, connection, call);
        throw new LostCallException(what);
      }
      case SLOW -> caller.sleep(faults.delay());
      case SUSPENDED -> standStill(caller);
      case CRASH_BEFORE -> crash(caller);
      case CRASH_LATE -> {
        connection.leave();
        later(what, connection, call);
        crash(caller);
      }
      default -> {}
    }
    Object answer = call.answer();
    if (fault == Fault.CRASH_AFTER) {
      crash(caller);
    }
    if (fault == Fault.UNANSWERED_AND_SUSPENDED) {
      standStill(caller);
    }
    if (fault == Fault.UNANSWERED || fault == Fault.UNANSWERED_AND_SUSPENDED) {
      connection.cut();
      throw new LostCallException(what);
    }
    return answer;
  }

  /** Whether no call is under way that its caller has given up. */
  boolean isQuiet() {
    return late == 0;
  }

  private void standStill(SimulatedProcess caller) {
    machines.suspend(caller);
    simulation.yieldTurn(SimulatedThread.me());
    caller.requireAlive();
  }

  private void crash(SimulatedProcess caller) {
    machines.crash(caller);
    caller.requireAlive();
  }

  private void later(String what, Connection connection, Call call) {
    late++;
    Duration delay = faults.delay();
    own.thread(
            "late",
            () -> {
              own.sleep(delay);
              simulation.note(what + " comes late");
              try {
                call.answer();
              } catch (Exception e) {
                simulation.note(what + " is refused");
              } finally {
                connection.cut();
                late--;
              }
            })
        .start();
  }
}
