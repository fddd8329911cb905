package io.handfast.it.resilience.crashpoint;

import java.util.ArrayList;
import java.util.List;

/** A point, what happens there, and who is prepared first. */
record Cell(Point point, Order order, Fault fault) {

  static List<Cell> all() {
    List<Cell> cells = new ArrayList<>();
    for (Point point : Point.values()) {
      for (Order order : Order.values()) {
        point.faults(order).forEach(fault -> cells.add(new Cell(point, order, fault)));
      }
    }
    return cells;
  }

  Outcome outcome() {
    return point.outcome(fault, order);
  }

  @Override
  public String toString() {
    return point.number() + "." + order + "." + fault;
  }
}
