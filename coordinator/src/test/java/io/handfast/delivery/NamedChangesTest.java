package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.transaction.RefusedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NamedChangesTest {

  private final NamedChanges changes = new NamedChanges();

  @Test
  void aChangeWaitsForOneOfTheSameNameAndForNoOther() throws Exception {
    changes.begin("a");

    changes.begin("b");
    changes.end("b");
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(
            () -> {
              try {
                changes.begin("a");
              } catch (RefusedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(second).isNotDone();
    changes.end("a");

    second.get(20, TimeUnit.SECONDS);
  }
}
