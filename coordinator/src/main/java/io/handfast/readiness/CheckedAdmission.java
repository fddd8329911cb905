package io.handfast.readiness;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import io.handfast.database.Database;
import io.handfast.delivery.Admission;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.event.Event;
import io.handfast.event.Event.ParticipantReached;
import io.handfast.event.Subscriber;
import io.handfast.input.Violation;
import io.handfast.readiness.CheckedState.DatabaseState;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Refuses deliveries that the checks refuse, and has the checks made again after a change: a
 * participant was reached, or a delivery was changed. Thread-safe.
 */
@Singleton
public class CheckedAdmission implements Admission, Subscriber {

  private final Checks checks;
  private final Clock clock;
  private final Monitor monitor = new Monitor();
  private boolean isChanged = true;
  private boolean isStopped;

  CheckedAdmission(Checks checks, Clock clock) {
    this.checks = checks;
    this.clock = clock;
  }

  @Override
  public List<Violation> violations(
      String name, DeliverySpecification specification, Database database) throws SQLException {
    CheckedState about =
        new CheckedState(
            Map.of(name, specification),
            Map.of(
                String.valueOf(specification.databaseName()),
                DatabaseState.read(database, clock.instant())),
            null,
            null);
    return checks.refusals(Check.Asks.DATABASES, about).stream()
        .map(refusal -> new Violation("sink.database", database.name(), refusal.toString()))
        .toList();
  }

  @Override
  public void on(Event event) {
    if (event instanceof ParticipantReached) {
      changed();
    }
  }

  @Override
  public void changed() {
    try (Monitor held = monitor.enter()) {
      isChanged = true;
      monitor.changed();
    }
  }

  Checks checks() {
    return checks;
  }

  /**
   * Waits for a change since the last call, but no longer than the time given; the first call waits
   * for none.
   *
   * @return false where no checks are to be made any more
   */
  boolean awaitChange(Duration longest) {
    try (Monitor held = monitor.enter()) {
      try {
        monitor.await(Deadline.after(longest), () -> isChanged || isStopped);
      } catch (InterruptedException e) {
        isStopped = true;
      }
      isChanged = false;
      return !isStopped;
    }
  }

  void stop() {
    try (Monitor held = monitor.enter()) {
      isStopped = true;
      monitor.changed();
    }
  }
}
