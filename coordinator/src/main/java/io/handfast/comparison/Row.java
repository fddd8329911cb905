package io.handfast.comparison;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One row of a comparison, as far as it was measured.
 *
 * @param latency null until it was measured
 * @param interruptions what a participant interrupted, and whether it was measured again
 */
record Row(
    Candidate candidate,
    int batch,
    List<Round> rounds,
    @Nullable Latency latency,
    List<String> interruptions) {

  /** A row that was not measured yet. */
  Row(Candidate candidate, int batch) {
    this(candidate, batch, List.of(), null, List.of());
  }

  Row with(Round round) {
    return new Row(candidate, batch, and(rounds, round), latency, interruptions);
  }

  Row with(Latency measured) {
    return new Row(candidate, batch, rounds, measured, interruptions);
  }

  Row interrupted(String what) {
    return new Row(candidate, batch, rounds, latency, and(interruptions, what));
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
