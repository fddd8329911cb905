package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.documents.Document;
import io.handfast.input.Violation;
import io.handfast.input.WireName;
import io.handfast.message.SourceCapabilities;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CombinationTest {

  private static final SourceCapabilities ARTEMIS = SpecificationTexts.SOURCES.capabilities();

  private static final SourceCapabilities NO_BROKER =
      new SourceCapabilities("log", false, false, true, true, false, false);

  private static Combination of(Guarantee guarantee, ProtocolName protocol, Style style) {
    return new Combination(
        ARTEMIS, new DeliverySpecification.Assurance(guarantee, protocol), style, false);
  }

  private static List<String> row(Guarantee guarantee, ProtocolName protocol) {
    String name = "`" + WireName.of(guarantee) + "`";
    return List.of(
        guarantee == Guarantee.EXACTLY_ONCE ? name + ", `" + WireName.of(protocol) + "`" : name,
        answer(of(guarantee, protocol, Style.PUSH)),
        answer(of(guarantee, protocol, Style.PULL)),
        answer(
            new Combination(
                ARTEMIS,
                new DeliverySpecification.Assurance(guarantee, protocol),
                Style.PUSH,
                true)));
  }

  private static String answer(Combination combination) {
    return combination.problems().isEmpty() ? "yes" : "no";
  }

  @Test
  void theDocumentedTableIsWhatIsPossible() {
    List<List<String>> rows = new ArrayList<>();
    for (Guarantee guarantee : Guarantee.values()) {
      if (guarantee == Guarantee.EXACTLY_ONCE) {
        rows.add(row(guarantee, ProtocolName.IDEMPOTENCY));
        rows.add(row(guarantee, ProtocolName.LOCAL_COMMIT));
        rows.add(row(guarantee, ProtocolName.TWO_PHASE_COMMIT));
      } else {
        rows.add(row(guarantee, ProtocolName.TWO_PHASE_COMMIT));
      }
    }

    assertThat(Document.at("docs/reference/limits.md").rows("## What goes together"))
        .isEqualTo(rows);
  }

  @Test
  void aSourceWithoutBranchesTakesNoTwoPhaseCommit() {
    Combination exactlyOnce =
        new Combination(
            NO_BROKER,
            new DeliverySpecification.Assurance(
                Guarantee.EXACTLY_ONCE, ProtocolName.TWO_PHASE_COMMIT),
            Style.PUSH,
            false);

    assertThat(exactlyOnce.problems()).extracting(Violation::field).containsExactly("protocol");
    assertThat(exactlyOnce.problems().get(0).rule()).contains("sources of kind log have none");
  }

  @Test
  void theProtocolIsOfNoAccountUnderOtherGuarantees() {
    for (Guarantee guarantee : List.of(Guarantee.AT_MOST_ONCE, Guarantee.AT_LEAST_ONCE)) {
      Combination combination =
          new Combination(
              NO_BROKER,
              new DeliverySpecification.Assurance(guarantee, ProtocolName.TWO_PHASE_COMMIT),
              Style.PULL,
              false);

      assertThat(combination.problems()).isEmpty();
    }
  }

  @Test
  void whatCannotBeSentToForwardsNothing() {
    Combination forwarding =
        new Combination(
            NO_BROKER,
            new DeliverySpecification.Assurance(Guarantee.AT_LEAST_ONCE, ProtocolName.IDEMPOTENCY),
            Style.PUSH,
            true);

    assertThat(forwarding.problems()).extracting(Violation::field).containsExactly("forward");
  }

  @Test
  void aClientThatPullsSendsOnByItself() {
    Combination forwarding =
        new Combination(
            ARTEMIS,
            new DeliverySpecification.Assurance(Guarantee.AT_LEAST_ONCE, ProtocolName.IDEMPOTENCY),
            Style.PULL,
            true);

    assertThat(forwarding.problems()).extracting(Violation::field).containsExactly("forward");
  }
}
