package io.handfast.delivery;

import io.handfast.input.Violation;
import io.handfast.input.WireName;
import io.handfast.message.SourceCapabilities;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks whether source, guarantee, protocol, style and forward can be combined.
 *
 * @param source what its kind of source can do
 * @param isForwarding whether applied messages are sent on
 */
public record Combination(
    SourceCapabilities source,
    DeliverySpecification.Assurance assurance,
    Style style,
    boolean isForwarding) {

  /** Why it is not possible, a reason for each field at fault; empty where it is. */
  public List<Violation> problems() {
    List<Violation> problems = new ArrayList<>();
    if (assurance.isPrepared() && !source.hasBranches()) {
      problems.add(
          new Violation(
              "protocol",
              WireName.of(assurance.protocol()),
              "a protocol without prepared branches: sources of kind %s have none"
                  .formatted(source.kind())));
    }
    if (isForwarding && style == Style.PULL) {
      problems.add(new Violation("forward", null, "not with style pull: the client does it"));
    } else if (isForwarding && !source.sends()) {
      problems.add(
          new Violation(
              "forward",
              null,
              "a source that messages can be sent to in the same transaction; those of kind %s are none"
                  .formatted(source.kind())));
    }
    return problems;
  }
}
