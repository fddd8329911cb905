package io.handfast.it.resilience.guarantee;

import java.util.ArrayList;
import java.util.List;

/**
 * One cell of the matrix: who delivers how, and whether it is disturbed.
 *
 * @param from where the messages come from
 * @param mode a guarantee, or a protocol of exactly-once
 * @param isPull whether clients ask for the messages
 * @param crew who shares the work
 * @param isKilled whether coordinators are killed in the middle
 */
record Cell(From from, String mode, boolean isPull, Crew crew, boolean isKilled) {
  static final String AT_MOST_ONCE = "at-most-once";
  static final String AT_LEAST_ONCE = "at-least-once";
  static final String IDEMPOTENCY = "idempotency";
  static final String LOCAL_COMMIT = "local-commit";
  static final String TWO_PHASE_COMMIT = "two-phase-commit";

  private static final List<String> MODES =
      List.of(AT_MOST_ONCE, AT_LEAST_ONCE, IDEMPOTENCY, LOCAL_COMMIT, TWO_PHASE_COMMIT);

  private static final List<String> MODES_FROM_KAFKA =
      List.of(AT_MOST_ONCE, AT_LEAST_ONCE, IDEMPOTENCY, LOCAL_COMMIT);

  private static final List<String> MODES_FROM_SQS =
      List.of(AT_MOST_ONCE, AT_LEAST_ONCE, IDEMPOTENCY);

  /** Where messages come from, and the modes in which they can be pushed and pulled. */
  enum From {
    ARTEMIS("", MODES, MODES),
    KAFKA("kafka.", MODES_FROM_KAFKA, List.of(LOCAL_COMMIT)),
    SQS("sqs.", MODES_FROM_SQS, MODES_FROM_SQS);

    private final String prefix;
    private final List<String> pushed;
    private final List<String> pulled;

    From(String prefix, List<String> pushed, List<String> pulled) {
      this.prefix = prefix;
      this.pushed = pushed;
      this.pulled = pulled;
    }
  }

  /** Who shares the work: consumers, or for pull as many clients. */
  enum Crew {
    ONE_CONSUMER(1, 1),
    SEVERAL_CONSUMERS(1, 4),
    TWO_COORDINATORS(2, 2);

    final int coordinators;
    final int consumersEach;

    Crew(int coordinators, int consumersEach) {
      this.coordinators = coordinators;
      this.consumersEach = consumersEach;
    }

    int consumers() {
      return coordinators * consumersEach;
    }
  }

  static List<Cell> all() {
    List<Cell> cells = new ArrayList<>();
    for (boolean isKilled : List.of(false, true)) {
      for (From from : From.values()) {
        from.pushed.forEach(mode -> add(from, mode, false, isKilled, cells));
        from.pulled.forEach(mode -> add(from, mode, true, isKilled, cells));
      }
    }
    return cells;
  }

  private static void add(From from, String mode, boolean isPull, boolean isKilled, List<Cell> to) {
    for (Crew crew : Crew.values()) {
      to.add(new Cell(from, mode, isPull, crew, isKilled));
    }
  }

  /** Whether this cell promises that no message is lost. */
  boolean losesNothing() {
    return !isKilled || !mode.equals(AT_MOST_ONCE);
  }

  /** Whether this cell promises that no message is applied twice; a position keeps it always. */
  boolean doublesNothing() {
    return !isKilled || from == From.KAFKA || !mode.equals(AT_LEAST_ONCE);
  }

  @Override
  public String toString() {
    String style = isPull ? "pull" : "push";
    String end = isKilled ? "killed" : "undisturbed";
    String name = crew.name().toLowerCase().replace('_', '-');
    return from.prefix + String.join(".", mode, style, name, end);
  }
}
