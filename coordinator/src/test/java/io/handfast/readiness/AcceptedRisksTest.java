package io.handfast.readiness;

import static io.handfast.readiness.Configurations.node;
import static io.handfast.readiness.Configurations.recovery;
import static io.handfast.readiness.Configurations.transactions;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.access.Authentication;
import io.handfast.readiness.Check.Finding;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedRisksTest {

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
  void theListHasEveryCheckOnceAndSaysWhichCannotBeAccepted() {
    List<Check> all = real(Set.of()).all();

    assertThat(all).extracting(Check::name).doesNotHaveDuplicates().hasSize(27);
    assertThat(all).extracting(Check::name).allMatch(name -> name.matches("[a-z0-9-]+"));
    assertThat(all.stream().filter(check -> !check.isAcceptable()).map(Check::name))
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

  private static Checks real(Set<String> accepted) {
    return new Checks(
        node(),
        () -> Optional.of(accepted),
        recovery(),
        transactions(),
        new Authentication(new SmallRyeConfigBuilder().build()),
        () -> true,
        new SmallRyeConfigBuilder().withDefaultValue("quarkus.http.host", "127.0.0.1").build());
  }
}
