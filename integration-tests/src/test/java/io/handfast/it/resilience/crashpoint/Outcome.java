package io.handfast.it.resilience.crashpoint;

/** What became of a unit of work. */
enum Outcome {
  COMMITTED("committed"),
  ROLLED_BACK("rolled back"),
  HEURISTIC("for an operator");

  private final String text;

  Outcome(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
