package io.handfast.delivery;

import io.handfast.input.Violation;
import io.handfast.input.WireName;
import io.handfast.message.SourceCapabilities;
import io.handfast.message.SourceCapabilities.Capability;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks whether source, guarantee, protocol, style and effects can be combined.
 *
 * @param source what its kind of source can do
 * @param uses what is done with messages
 */
public record Combination(
    SourceCapabilities source, DeliverySpecification.Assurance assurance, Style style, Uses uses) {

  /**
   * What is done with messages.
   *
   * @param hasSink whether statements write to a database
   * @param isForwarding whether applied messages are sent on
   * @param hasHandler whether an HTTP endpoint is called
   */
  public record Uses(boolean hasSink, boolean isForwarding, boolean hasHandler) {}

  /** Why it is not possible, a reason for each field at fault; empty where it is. */
  public List<Violation> problems() {
    List<Violation> problems = new ArrayList<>();
    if (source.has(Capability.POSITIONS)) {
      problemsOfPositions(problems);
    } else if (source.has(Capability.LEASES)) {
      problemsOfLeases(problems);
    } else if (assurance.isPrepared() && !source.has(Capability.BRANCHES)) {
      problems.add(
          new Violation(
              "protocol",
              WireName.of(assurance.protocol()),
              "a protocol without prepared branches: sources of kind %s have none"
                  .formatted(source.kind())));
    }
    if (uses.isForwarding() && style == Style.PULL) {
      problems.add(new Violation("forward", null, "not with style pull: the client does it"));
    } else if (uses.isForwarding()
        && !source.has(Capability.SENDS)
        && !source.has(Capability.POSITIONS)
        && !source.has(Capability.LEASES)) {
      problems.add(
          new Violation(
              "forward",
              null,
              "a source that messages can be sent to in the same transaction; those of kind %s are none"
                  .formatted(source.kind())));
    }
    return problems;
  }

  private void problemsOfLeases(List<Violation> problems) {
    if (assurance.isPrepared()) {
      problems.add(
          new Violation(
              "protocol",
              WireName.of(assurance.protocol()),
              "idempotency, which recognises what is handed out again: sources of kind %s have no transactions, so nothing can be prepared"
                  .formatted(source.kind())));
    }
  }

  private void problemsOfPositions(List<Violation> problems) {
    if (assurance.isTwoPhaseCommit()) {
      problems.add(
          new Violation(
              "protocol",
              WireName.of(assurance.protocol()),
              "local-commit, which keeps the position beside the rows: sources of kind %s have no branches to prepare"
                  .formatted(source.kind())));
    }
    if (assurance.isIdempotency() && uses.isForwarding()) {
      problems.add(
          new Violation(
              "forward",
              null,
              "local-commit with it: what is sent on from a source of kind %s is prepared, which idempotency does without"
                  .formatted(source.kind())));
    }
    if (style == Style.PULL) {
      if (assurance.isIdempotency()) {
        problems.add(
            new Violation(
                "protocol",
                WireName.of(assurance.protocol()),
                "local-commit with style pull: what senders of a source of kind %s repeat is recognised under push alone"
                    .formatted(source.kind())));
      }
      if (assurance.guarantee() != Guarantee.EXACTLY_ONCE) {
        problems.add(
            new Violation(
                "guarantee",
                WireName.of(assurance.guarantee()),
                "exactly-once with style pull: the position of a source of kind %s moves in the transaction that the client commits"
                    .formatted(source.kind())));
      }
    } else if (!uses.hasSink() && (!uses.hasHandler() || !assurance.isLocalCommit())) {
      problems.add(
          new Violation(
              "sink",
              null,
              "is required %s: the position of a source of kind %s is kept in the sink's database"
                  .formatted(
                      assurance.isLocalCommit() ? "for a forward" : "under this guarantee",
                      source.kind())));
    }
  }
}
