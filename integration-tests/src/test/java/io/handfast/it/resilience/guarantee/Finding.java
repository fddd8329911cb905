package io.handfast.it.resilience.guarantee;

/**
 * What became of the messages of one cell.
 *
 * @param rows rows in the table
 * @param distinct different messages among them
 * @param inbox ids left in the inbox, -1 where there is none
 */
record Finding(
    Cell cell, long sent, long rows, long distinct, int kills, long inbox, double seconds) {

  long lost() {
    return sent - distinct;
  }

  long duplicated() {
    return rows - distinct;
  }

  static String heading() {
    return String.format(
        "%-55s %6s %6s %8s %6s %10s %5s %6s %8s",
        "cell", "sent", "rows", "distinct", "lost", "duplicated", "kills", "inbox", "seconds");
  }

  @Override
  public String toString() {
    return String.format(
        "%-55s %6d %6d %8d %6d %10d %5d %6s %8.1f",
        cell,
        sent,
        rows,
        distinct,
        lost(),
        duplicated(),
        kills,
        inbox < 0 ? "-" : Long.toString(inbox),
        seconds);
  }
}
