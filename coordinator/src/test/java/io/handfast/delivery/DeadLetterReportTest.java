package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.transaction.SaidLines;
import io.handfast.transaction.SteppedClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeadLetterReportTest {

  private static final String DUPLICATE =
      "ERROR: duplicate key value violates unique constraint \"%s\" Detail: Key (id)=(%d) already exists. (SQLSTATE 23505)";

  @RegisterExtension final SaidLines said = new SaidLines(DeadLetterReport.class);

  private final SteppedClock clock = new SteppedClock();
  private final DeadLetterReport report = new DeadLetterReport("d", "q.dead", clock);

  @Test
  void theFirstOfACauseIsToldAtOnceWithWhatToDo() {
    report.add("ID:1", DUPLICATE.formatted("t_pkey", 1));

    assertThat(said.lines())
        .singleElement()
        .asString()
        .contains("WARN", "delivery=d queue=q.dead count=1 message=ID:1", "(id)=(1)")
        .contains("POST /v1/dead-letters/q.dead/replay");
  }

  @Test
  void moreOfACauseAreToldTogetherAfterAMinute() {
    for (int i = 1; i <= 100; i++) {
      report.add("ID:" + i, DUPLICATE.formatted("t_pkey", i));
    }
    report.tellDue();
    assertThat(said.lines()).hasSize(1);

    clock.advance(Duration.ofMinutes(1));
    report.tellDue();
    report.tellDue();

    assertThat(said.lines()).hasSize(2);
    assertThat(said.lines().get(1)).contains("count=99 message=ID:100");
  }

  @Test
  void anotherConstraintIsAnotherCause() {
    report.add("ID:1", DUPLICATE.formatted("t_pkey", 1));
    report.add("ID:2", DUPLICATE.formatted("t_v_key", 1));

    assertThat(said.lines()).hasSize(2);
  }

  @Test
  void causesWithoutEndAreToldAsOne() {
    for (int i = 0; i < 1_000; i++) {
      report.add("ID:" + i, "cause " + "x".repeat(i));
    }

    assertThat(said.lines()).hasSizeLessThan(60);
  }
}
