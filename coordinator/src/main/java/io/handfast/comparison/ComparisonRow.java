package io.handfast.comparison;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The results of one protocol and batch size, as far as they were measured.
 *
 * @param latency null until it was measured
 * @param interruptions what a participant interrupted, and whether it was measured again
 */
record ComparisonRow(
    ComparedProtocol candidate,
    int batch,
    List<Round> rounds,
    @Nullable Latency latency,
    List<String> interruptions) {

  /** A row that was not measured yet. */
  ComparisonRow(ComparedProtocol candidate, int batch) {
    this(candidate, batch, List.of(), null, List.of());
  }

  ComparisonRow with(Round round) {
    return new ComparisonRow(candidate, batch, and(rounds, round), latency, interruptions);
  }

  ComparisonRow with(Latency measured) {
    return new ComparisonRow(candidate, batch, rounds, measured, interruptions);
  }

  ComparisonRow interrupted(String what) {
    return new ComparisonRow(candidate, batch, rounds, latency, and(interruptions, what));
  }

  private static <T> List<T> and(List<T> known, T next) {
    return Stream.concat(known.stream(), Stream.of(next)).toList();
  }

  Spread messagesPerSecond() {
    return Spread.of(rounds.stream().map(Round::messagesPerSecond).toList());
  }

  Spread cpuSecondsPerThousand() {
    return Spread.of(rounds.stream().map(Round::cpuSecondsPerThousand).toList());
  }

  /** Everything that was lost or duplicated, in whichever part of the comparison. */
  Audit audit() {
    Audit all = rounds.stream().map(Round::audit).reduce(Audit.CLEAN, Audit::plus);
    return latency == null ? all : all.plus(latency.audit());
  }
}
