package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailuresTest {

  @TempDir Path directory;

  private Failures failures;

  @BeforeEach
  void open() {
    failures = new Failures(directory.resolve("failures"));
  }

  @AfterEach
  void close() {
    failures.close();
  }

  @Test
  void aMessageThatNeverFailedHasNoCount() {
    assertThat(failures.count("orders", "a")).isZero();
    assertThat(failures.cause("orders", "a")).isNull();
    assertThat(failures.isCondemned("orders", "a")).isFalse();
  }

  @Test
  void eachFailureCountsAndTheLastCauseStays() {
    failures.add("orders", "a", "first");
    failures.add("orders", "a", "second");

    assertThat(failures.count("orders", "a")).isEqualTo(2);
    assertThat(failures.cause("orders", "a")).isEqualTo("second");
    assertThat(failures.count("orders", "b")).isZero();
    assertThat(failures.count("invoices", "a")).isZero();
    assertThat(failures.count("order", "sa")).isZero();
  }

  @Test
  void countsAndCausesSurviveReopening() {
    failures.add("orders", "a", "first");
    failures.add("orders", "a", "second");
    failures.deadLetter("orders", "b", "the handler refuses");

    close();
    open();

    assertThat(failures.count("orders", "a")).isEqualTo(2);
    assertThat(failures.cause("orders", "a")).isEqualTo("second");
    assertThat(failures.isCondemned("orders", "b")).isTrue();
    assertThat(failures.cause("orders", "b")).isEqualTo("the handler refuses");
  }

  @Test
  void aFailureIsOnDiskWhenItIsCountedThoughTheFileWasNeverClosed() throws Exception {
    failures.add("orders", "a", "cause");

    try (Failures found = new Failures(asAfterACrash())) {
      assertThat(found.count("orders", "a")).isEqualTo(1);
      assertThat(found.cause("orders", "a")).isEqualTo("cause");
    }
  }

  @Test
  void aCondemnedMessageIsOnDiskThoughTheFileWasNeverClosed() throws Exception {
    failures.deadLetter("orders", "a", "cause");

    try (Failures found = new Failures(asAfterACrash())) {
      assertThat(found.isCondemned("orders", "a")).isTrue();
    }
  }

  @Test
  void aCondemnedMessageHasMoreFailuresThanAnyDeliveryAllows() {
    failures.add("orders", "a", "once");

    failures.deadLetter("orders", "a", "refused");

    assertThat(failures.isCondemned("orders", "a")).isTrue();
    assertThat(failures.count("orders", "a")).isGreaterThan(10_000);
    assertThat(failures.cause("orders", "a")).isEqualTo("refused");
    assertThat(failures.isCondemned("orders", "b")).isFalse();
  }

  @Test
  void aMessageThatLeftItsQueueIsForgottenAlone() {
    failures.add("orders", "a", "cause");
    failures.add("orders", "b", "cause");

    failures.remove("orders", "a");
    close();
    open();

    assertThat(failures.count("orders", "a")).isZero();
    assertThat(failures.cause("orders", "a")).isNull();
    assertThat(failures.count("orders", "b")).isEqualTo(1);
  }

  @Test
  void aDeliveryWithoutFailuresIsForgottenAndNoOtherWhoseNameBeginsLikeIt() {
    failures.add("orders.dead", "a", "kept");
    failures.deadLetter("order", "a", "kept");

    failures.removeAll("orders");
    close();
    open();

    assertThat(failures.count("orders.dead", "a")).isEqualTo(1);
    assertThat(failures.isCondemned("order", "a")).isTrue();
  }

  private Path asAfterACrash() throws IOException {
    return Files.copy(directory.resolve("failures"), directory.resolve("crashed"));
  }

  @Test
  void aDeliveryIsForgottenWholeAndNoOtherWhoseNameBeginsLikeIt() {
    failures.add("orders", "a", "cause");
    failures.deadLetter("orders", "b", "cause");
    failures.add("orders.dead", "a", "kept");
    failures.add("order", "a", "kept");

    failures.removeAll("orders");
    close();
    open();

    assertThat(failures.count("orders", "a")).isZero();
    assertThat(failures.cause("orders", "a")).isNull();
    assertThat(failures.isCondemned("orders", "b")).isFalse();
    assertThat(failures.count("orders.dead", "a")).isEqualTo(1);
    assertThat(failures.cause("order", "a")).isEqualTo("kept");
  }
}
