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

      Each point is forced: an agent (Byteman) in the coordinator's process stops the first thread that reaches it, the test finds from outside which branches are prepared, injects the fault, and lets the thread continue. If the point is inside a call, the participant has done the work, and its answer is held back until the fault is injected. "Reply lost" lets the next request through, waits until the participant has done it, and then cuts the connection. "Nothing else" means that the point itself is the fault. The broker is prepared first in a delivery, the database in a client's transaction that uses it before it receives; the order is read from the coordinator's own calls. A coordinator asks both at the same time; where the order matters, the agent keeps the one back until the other has answered.

      A cell has the outcome of the transaction that was stopped, and how long it took from the beginning of the repair (the restart of what was killed, or the cut) until nothing was prepared and all 20 messages were settled; most of it is the start of the killed process. In each cell every message was found exactly once, nothing was left prepared, and the decision log had nothing unconfirmed in it. – marks a fault that makes no sense at a point. "For a person" is a heuristic outcome: the delivery waits until it is resumed, and the client gets the problem.

      """;
}
