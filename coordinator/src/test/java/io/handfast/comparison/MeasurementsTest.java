package io.handfast.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.handfast.event.Event.UnitEnded;
import io.handfast.event.Event.UnitReceived;
import io.handfast.event.FakeDelivery;
import io.handfast.message.InMemoryMessage;
import io.handfast.message.Message;
import io.handfast.transaction.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class MeasurementsTest {

  @Test
  void medianIsInTheMiddle() {
    assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(1, 2, 3));
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 8.0))).isEqualTo(new Spread(1, 3, 8));
    assertThat(Spread.of(List.of(5.0))).isEqualTo(new Spread(5, 5, 5));
  }

  @Test
  void percentilesAreInMilliseconds() {
    Histogram nanos = new Histogram(TimeUnit.HOURS.toNanos(1), 3);
    for (int millis = 1; millis <= 1000; millis++) {
      nanos.recordValue(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    Latency latency = Latency.of(nanos, Audit.CLEAN);

    assertThat(latency.messages()).isEqualTo(1000);
    assertThat(latency.p50()).isCloseTo(500, within(1.0));
    assertThat(latency.p99()).isCloseTo(990, within(1.0));
    assertThat(latency.p999()).isCloseTo(999, within(1.0));
    assertThat(latency.max()).isCloseTo(1000, within(1.0));
  }

  @Test
  void onlyMessagesThatSayWhenTheyWereSentAreMeasuredAndAllAreCounted() throws Exception {
    CommitCounter commits = new CommitCounter();
    long aSecondAgo = System.nanoTime() - TimeUnit.SECONDS.toNanos(1);

    commits.on(
        new UnitEnded(
            new UnitReceived(new FakeDelivery("a"), null, List.of(), 0, 0),
            new Outcome.Committed(),
            List.of(message(Map.of()), message(Map.of(CommitCounter.SENT, aSecondAgo))),
            Map.of(),
            0));

    assertThat(commits.count()).isEqualTo(2);
    assertThat(commits.await(2, Duration.ZERO)).isTrue();
    assertThat(commits.await(3, Duration.ofMillis(1))).isFalse();
    assertThat(commits.latencies().getTotalCount()).isEqualTo(1);
    assertThat(commits.latencies().getMaxValue()).isGreaterThanOrEqualTo(1_000_000_000L);
  }

  private static Message message(Map<String, Object> headers) {
    return InMemoryMessage.received("ID:1", headers);
  }

  @Test
  void rowAddsUpEverythingThatWasLostOrDoubled() {
    ComparisonRow row =
        new ComparisonRow(ComparedProtocol.AT_MOST_ONCE, 1)
            .with(new Round(1, 1, new Audit(1, 0)))
            .with(new Round(1, 1, new Audit(2, 3)))
            .with(new Latency(1, 1, 1, 1, 1, new Audit(4, 5)));

    assertThat(row.audit()).isEqualTo(new Audit(7, 8));
  }

  @Test
  void bodiesHaveTheirSizeToTheByte() {
    assertThat(new NumberedBodies(64).from(999_999, 2))
        .allSatisfy(body -> assertThat(body).hasSize(64).startsWith("{\"id\":").endsWith("\"}"));
    assertThat(new NumberedBodies(64).body(17)).startsWith("{\"id\":17,\"text\":\"x");
  }
}
