package io.handfast.it.resilience.crashpoint;

import java.util.List;

/** Which branches are prepared when a point is reached. */
enum Prepared {
  NEITHER,
  FIRST,
  SECOND,
  BOTH;

  /** The participants that hold one, sorted. */
  List<String> participants(Order order) {
    return switch (this) {
      case NEITHER -> List.of();
      case FIRST -> List.of(order.first());
      case SECOND -> List.of(order.second());
      case BOTH -> List.of("broker", "database");
    };
  }
}
