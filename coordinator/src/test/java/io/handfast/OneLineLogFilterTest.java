package io.handfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;

class OneLineLogFilterTest {

  private final OneLineLogFilter filter = new OneLineLogFilter();

  @Test
  void aLineBreakInAValueBecomesASpace() {
    ExtLogRecord event = event("io.handfast.delivery.Delivery", "failed name=%s count=%d: %s");
    event.setParameters(new Object[] {"a\n2026-01-01 ERROR forged", 3, "one\r\n  two"});

    assertThat(filter.isLoggable(event)).isTrue();

    assertThat(event.getFormattedMessage())
        .isEqualTo("failed name=a 2026-01-01 ERROR forged count=3: one two");
  }

  @Test
  void aValueOfAMegabyteIsReadInOnePass() {
    ExtLogRecord event = event("io.handfast.delivery.Delivery", "failed: %s");
    event.setParameters(new Object[] {" ".repeat(1_000_000) + "x\nend"});

    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> filter.isLoggable(event));

    assertThat(event.getFormattedMessage()).endsWith("x end");
  }

  @Test
  void linesOfTheEventsOwnTextStay() {
    ExtLogRecord event = event("io.handfast.Handfast", "does not start:\nbecause");

    filter.isLoggable(event);

    assertThat(event.getFormattedMessage()).isEqualTo("does not start:\nbecause");
  }

  private static ExtLogRecord event(String logger, String text) {
    ExtLogRecord event =
        new ExtLogRecord(Level.WARN, text, ExtLogRecord.FormatStyle.PRINTF, "caller");
    event.setLoggerName(logger);
    return event;
  }
}
