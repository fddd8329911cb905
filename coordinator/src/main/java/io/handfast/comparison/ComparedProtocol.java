package io.handfast.comparison;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.input.WireName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One way of delivery that is compared: a guarantee, or for exactly-once one of its protocols. */
enum ComparedProtocol {
  AT_MOST_ONCE,
  AT_LEAST_ONCE,
  IDEMPOTENCY,
  LOCAL_COMMIT,
  TWO_PHASE_COMMIT;

  private static final String EXACTLY_ONCE = "exactly-once";

  /** Every name that may be asked for; {@code exactly-once} is its default protocol. */
  static List<String> names() {
    List<String> names = new ArrayList<>();
    Arrays.stream(values()).map(WireName::of).forEach(names::add);
    names.add(EXACTLY_ONCE);
    return names;
  }

  /** The candidate of a name. */
  static ComparedProtocol of(String name) {
    return Arrays.stream(values())
        .filter(candidate -> WireName.of(candidate).equals(name))
        .findFirst()
        .orElse(TWO_PHASE_COMMIT);
  }

  /** Writes itself into a delivery's specification. */
  void specify(ObjectNode delivery) {
    if (this == AT_MOST_ONCE || this == AT_LEAST_ONCE) {
      delivery.put("guarantee", WireName.of(this));
    } else {
      delivery.put("guarantee", EXACTLY_ONCE).put("protocol", WireName.of(this));
    }
  }
}
