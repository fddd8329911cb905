package io.handfast;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.concurrent.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloseSequenceTest {

  private final List<String> ended = new ArrayList<>();
  private final CloseSequence ends = new CloseSequence();

  private void run() {
    ends.run(Deadline.after(Duration.ZERO));
  }

  @Test
  void whatWasBegunLastEndsFirst() {
    ends.add(deadline -> ended.add("log"));
    ends.add(deadline -> ended.add("engine"));
    ends.add(deadline -> ended.add("deliveries"));

    run();

    assertThat(ended).containsExactly("deliveries", "engine", "log");
  }

  @Test
  void anEndThatFailsKeepsNoOtherFromEnding() {
    ends.add(deadline -> ended.add("log"));
    ends.add(
        deadline -> {
          throw new IllegalStateException("does not end");
        });

    run();

    assertThat(ended).containsExactly("log");
  }

  @Test
  void nothingEndsTwice() {
    ends.add(deadline -> ended.add("log"));

    run();
    run();

    assertThat(ended).containsExactly("log");
  }
}
