package io.handfast.it.resilience.crashpoint;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The section of the page: a row for each point and order, a column for each fault. */
record Report(List<Finding> findings) {

  String markdown() {
    return HEAD + table() + "\n";
  }

  private String table() {
    Stream<String> head =
        Stream.of(
            row("point", "prepared first", Stream.of(Fault.values()).map(Fault::title)),
            row("---", "---", Stream.of(Fault.values()).map(fault -> "---")));
    return Stream.concat(head, rows()).collect(Collectors.joining("\n"));
  }

  private Stream<String> rows() {
    return Stream.of(Point.values())
        .flatMap(point -> Stream.of(Order.values()).map(order -> row(point, order)));
  }

  private String row(Point point, Order order) {
    Stream<String> cells =
        Stream.of(Fault.values()).map(fault -> text(new Cell(point, order, fault)));
    return row(point.number() + " " + point.title(), order.first(), cells);
  }

  private String text(Cell cell) {
    return findings.stream()
        .filter(finding -> finding.cell().equals(cell))
        .findFirst()
        .map(Finding::toString)
        .orElse(cell.point().faults(cell.order()).contains(cell.fault()) ? "not played" : "–");
  }

  private static String row(String point, String order, Stream<String> cells) {
    return Stream.concat(Stream.of(point, order), cells)
        .collect(Collectors.joining(" | ", "| ", " |"));
  }

  private static final String HEAD =
      """
      ## Crash points

      Each point is forced, not hoped for: an agent (Byteman) in the coordinator's process holds the thread that gets there first, the test looks from outside which branches are prepared, does its damage, and lets the thread go. Where the point lies in a call, the participant has done what it was asked for, and its answer is held back, before the damage is done. "Reply lost" lets the next request through, waits until the participant has done it, and then cuts the connection. "Nothing else" means that the point itself is what goes wrong. The broker is prepared first in a delivery, the database in a client's transaction that uses it before it receives; the order is read from the coordinator's own calls. A coordinator asks both at the same time; where the order matters, the agent keeps the one back until the other has answered.

      A cell says what became of the transaction that was caught, and how long it took from the begin of the repair (the restart of what was killed, or the cut) until nothing was prepared and all 20 messages were settled; most of it is the start of the killed process. In each cell every message was found exactly once, nothing was left prepared, and the decision log had nothing unconfirmed in it. – marks what makes no sense at a point. "For an operator" is a heuristic outcome: the delivery waits until it is resumed, the client is told.

      """;
}
