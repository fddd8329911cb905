package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The auditor sees what the other tests accuse the coordinator of. */
class HarnessIT {
  @RegisterExtension final Scene scene = new Scene();

  @Test
  void lostAndDoubledAndUnknownMessagesAreNamed() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    Auditor auditor = new Auditor(scene.artemis().address(), table, scene.queue());
    table.database().execute("INSERT INTO orders(id) VALUES (1), (2), (2), (3), (9)");
    scene.artemis().address().send(scene.queue(), new Orders(3, 4).bodies());

    List<String> broken = auditor.ledger().brokenPromises(Orders.upTo(5).ids());

    assertThat(broken)
        .containsExactly(
            "message 2 is in [table, table]",
            "message 3 is in [table, queue]",
            "message 5 is lost",
            "message 9 was never sent");
  }

  @ParameterizedTest
  @CsvSource({
    "judge, AT ENTRY, true",
    "judgement, AT ENTRY, false",
    "judge(int), AT ENTRY, false",
    "run, AT INVOKE learnUnknown, true",
    "run, AT INVOKE learn, false"
  })
  void aRuleThatBindsToNothingFailsItsTest(String method, String where, boolean binds) {
    assumeThat(RunnerProcess.isJar()).isTrue();
    String rule =
        """
        RULE one that may bind
        CLASS io.handfast.recovery.RecoveryScan
        METHOD %s
        %s
        IF true
        DO killJVM()
        ENDRULE
        """
            .formatted(method, where);

    ThrowingCallable injection = () -> InjectedRules.in(scene.directory().resolve("rule"), rule);

    if (binds) {
      assertThatCode(injection).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(injection).isInstanceOf(AssertionError.class).hasMessageContaining("RULE");
    }
  }
}
