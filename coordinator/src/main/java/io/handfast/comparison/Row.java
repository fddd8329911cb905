package io.handfast.comparison;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of a comparison, as far as it was measured.
 *
 * @param latency null until it was measured
 */
record Row(Candidate candidate, int batch, List<Round> rounds, @Nullable Latency latency) {

  Row with(Round round) {
    List<Round> more = new ArrayList<>(rounds);
    more.add(round);
    return new Row(candidate, batch, List.copyOf(more), latency);
  }

  Row with(Latency measured) {
    return new Row(candidate, batch, rounds, measured);
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
