package io.handfast.benchmark;

import io.handfast.event.Events;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.Retention;
import io.handfast.log.UnconfirmedWriteException;
import io.handfast.transaction.TransactionId;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** Handfast's log: the decision is forced, and its end is not. */
final class HandfastLog implements DecisionLogBenchmark.Subject {

  private final FileDecisionLog log;

  HandfastLog(Path directory) {
    log = FileDecisionLog.open(directory, "benchmark", Retention.NONE, Clock.systemUTC(), Events.NONE);
  }

  @Override
  public void commit(long number) throws UnconfirmedWriteException {
    TransactionId id = new TransactionId("benchmark", log.identity().log(), 1, number);
    log.decide(id, Map.of("broker", "", "database", ""));
    log.confirmed(id);
  }

  @Override
  public void close() {
    log.close();
  }
}
