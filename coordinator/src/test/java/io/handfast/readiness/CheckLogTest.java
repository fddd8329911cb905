package io.handfast.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.message.BrokerDeadLetterRule;
import io.handfast.readiness.Check.Result;
import io.handfast.transaction.SaidLines;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A finding is said once, and again only when it has changed. */
class CheckLogTest {

  private static final Check CHECK = Configurations.check("broker-delivery-attempts");

  @RegisterExtension final SaidLines said = new SaidLines(Readiness.class);

  private final Readiness.CheckLog log = new Readiness.CheckLog();

  @Test
  void whatStaysIsSaidOnce() {
    note(10);
    note(10);

    assertThat(said.lines()).hasSize(1);
    assertThat(said.lines().get(0))
        .matches(
            "WARN.* check failed check=broker-delivery-attempts key=max-delivery-attempts: .*");
  }

  @Test
  void whatChangesIsSaidAgain() {
    note(10);
    note(3);

    assertThat(said.lines()).hasSize(2);
  }

  @Test
  void whatIsMendedIsSaidOnce() {
    note(10);
    note(-1);
    note(-1);

    assertThat(said.lines()).hasSize(2);
    assertThat(said.lines().get(1)).isEqualTo("INFO check passed check=broker-delivery-attempts");
  }

  private void note(int attempts) {
    CheckedState known =
        Worlds.broker("2.56.0", true, Map.of("orders", new BrokerDeadLetterRule(attempts, "DLA")));
    log.note(List.of(Result.of(CHECK, CHECK.findings(known), null, Worlds.NOW)));
  }
}
