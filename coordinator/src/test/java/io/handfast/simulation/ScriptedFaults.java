package io.handfast.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Faults that a scenario names, each once: {@code n1 database prepare: crash before}, or {@code n1
 * broker is held #3: lost} for the third call of that name.
 *
 * <p>A step of the disk counts only once both participants were asked to prepare, so that it is one
 * of the decision.
 */
final class ScriptedFaults implements Faults {

  private static final String DISK = "disk ";
  private static final int BOTH = 2;

  private record Rule(String call, int nth, Fault fault) {}

  private final List<Rule> rules = new ArrayList<>();
  private final Map<String, Integer> calls = new HashMap<>();
  private final Power power;
  private int prepared;

  /**
   * Faults by the lines of a scenario.
   *
   * @param power what the first crash takes of what the disk has not forced
   */
  ScriptedFaults(List<String> lines, Power power) {
    this.power = power;
    for (String line : lines) {
      int colon = line.indexOf(": ");
      String fault = line.substring(colon + 2).toUpperCase(Locale.ROOT).replace(' ', '_');
      String[] call = line.substring(0, colon).split(" #");
      int nth = call.length == 1 ? 1 : Integer.parseInt(call[1]);
      rules.add(new Rule(call[0], nth, Fault.valueOf(fault)));
    }
  }

  private Fault of(String call) {
    int nth = calls.merge(call, 1, Integer::sum);
    for (Rule rule : rules) {
      if (rule.call().equals(call) && rule.nth() == nth) {
        rules.remove(rule);
        return rule.fault();
      }
    }
    return Fault.NONE;
  }

  @Override
  public Fault ofCall(SimulatedProcess caller, String participant, String call) {
    if (call.equals("prepare")) {
      prepared++;
    }
    return of(caller.name() + " " + participant + " " + call);
  }

  @Override
  public Fault ofDisk(SimulatedProcess writer, String step) {
    boolean isOfDecision = prepared >= BOTH && step.endsWith("decisions.segment");
    return isOfDecision
        ? of(writer.name() + " " + DISK + step.substring(0, step.indexOf(' ')))
        : Fault.NONE;
  }

  @Override
  public boolean isLockTimedOut() {
    return false;
  }

  @Override
  public Duration delay() {
    return Duration.ofSeconds(3);
  }

  /** Long enough for another node to take over: it scans within 10 seconds, and waits for 5. */
  @Override
  public Duration suspension() {
    return Duration.ofSeconds(20);
  }

  @Override
  public Power power() {
    return power;
  }

  @Override
  public void end() {
    rules.clear();
  }

  @Override
  public boolean areOver() {
    return rules.isEmpty();
  }
}
