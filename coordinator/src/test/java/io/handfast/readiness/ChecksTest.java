package io.handfast.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.readiness.Check.Finding;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which checks there are, and which of their refusals can be accepted. */
class ChecksTest {

  private static final Check RISK =
      Check.ofNode("risk", findings -> findings.refuses("key", "is wrong", "mend it"));
  private static final Check CERTAINTY =
      Check.ofNode("certainty", findings -> findings.refuses("key", "is wrong", "mend it"))
          .notAcceptable();

  @Test
  void aRefusalStopsTheStart() {
    assertThat(refusals(Set.of())).containsExactly("risk", "certainty");
  }

  @Test
  void anAcceptedRiskOnlyWarnsAndSaysSo() {
    assertThat(refusals(Set.of("risk"))).containsExactly("certainty");
    assertThat(checks(Set.of("risk")).findings(RISK, CheckedState.NOTHING))
        .containsExactly(
            new Finding(
                "risk",
                Finding.Severity.WARNS,
                "key",
                "is wrong (a risk accepted by handfast.accepted-risks)",
                "mend it"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"certainty", "accepted-risks", "rsik"})
  void whatCannotBeAcceptedIsRefusedWithWhatCan(String name) {
    assertThat(refusals(Set.of(name))).containsExactly("risk", "certainty", "accepted-risks");
    assertThat(checks(Set.of(name)).refusals(Check.Asks.NOTHING, CheckedState.NOTHING))
        .last()
        .asString()
        .startsWith("handfast.accepted-risks: names '" + name + "'")
        .endsWith("those that can be are risk");
  }

  @Test
  void theListHasEveryCheckOnceWithWhatItAsks() {
    assertThat(Configurations.checks(true).all())
        .extracting(check -> check.name() + " " + check.asks())
        .containsExactly(
            "configuration-expressions NOTHING",
            "node-name NOTHING",
            "broker-url NOTHING",
            "database-names NOTHING",
            "http-host NOTHING",
            "configuration-keys NOTHING",
            "configuration-files NOTHING",
            "log-directory NOTHING",
            "timeouts NOTHING",
            "handler-timeouts NOTHING",
            "h2-version NOTHING",
            "h2-write-delay DATABASES",
            "postgresql-driver NOTHING",
            "postgresql-version DATABASES",
            "postgresql-durability DATABASES",
            "prepared-transactions DATABASES",
            "marker-origin DATABASES",
            "dead-letter-table DATABASES",
            "database-connections DATABASES",
            "database-session-timeouts DATABASES",
            "database-socket-timeout DATABASES",
            "broker-version BROKER",
            "broker-persistence BROKER",
            "message-ids BROKER",
            "broker-delivery-attempts BROKER",
            "broker-full-addresses BROKER",
            "broker-dead-letter-expiry BROKER",
            "non-persistent-messages NOTHING",
            "topic-rights TOPICS",
            "topic-foreign-members TOPICS",
            "topic-idle-consumers TOPICS",
            "topic-poll-interval TOPICS",
            "queue-receives TOPICS",
            "accepted-risks NOTHING");
  }

  @Test
  void whatNothingCouldWorkWithoutCannotBeAccepted() {
    assertThat(Configurations.checks(true).all())
        .filteredOn(check -> !check.isAcceptable())
        .extracting(Check::name)
        .containsExactly(
            "configuration-expressions",
            "node-name",
            "broker-url",
            "database-names",
            "http-host",
            "prepared-transactions",
            "accepted-risks");
  }

  private static List<String> refusals(Set<String> accepted) {
    return checks(accepted).refusals(Check.Asks.NOTHING, CheckedState.NOTHING).stream()
        .map(Finding::check)
        .toList();
  }

  private static Checks checks(Set<String> accepted) {
    return new Checks(List.of(RISK, CERTAINTY), accepted);
  }
}
