package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.documents.Document;
import io.handfast.input.Violation;
import io.handfast.input.WireName;
import io.handfast.message.SourceCapabilities;
import io.handfast.message.SourceCapabilities.Capability;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CombinationTest {

  private static final SourceCapabilities ARTEMIS =
      SpecificationTexts.SOURCES.queues().orElseThrow().capabilities();

  private static final SourceCapabilities NO_BROKER =
      SourceCapabilities.of("log", Capability.TOPICS, Capability.GROUPS);

  private static final SourceCapabilities POSITIONS =
      SourceCapabilities.of("log", Capability.TOPICS, Capability.GROUPS, Capability.POSITIONS);

  private static final SourceCapabilities LEASES =
      SourceCapabilities.of("leases", Capability.GROUPS, Capability.HOLDS_BACK, Capability.LEASES);

  private static final Combination.Uses ROWS = new Combination.Uses(true, false, false);
  private static final Combination.Uses FORWARD = new Combination.Uses(true, true, false);

  private static List<String> row(
      SourceCapabilities source, Guarantee guarantee, ProtocolName protocol) {
    DeliverySpecification.Assurance assurance =
        new DeliverySpecification.Assurance(guarantee, protocol);
    String name = "`" + WireName.of(guarantee) + "`";
    return List.of(
        guarantee == Guarantee.EXACTLY_ONCE ? name + ", `" + WireName.of(protocol) + "`" : name,
        answer(new Combination(source, assurance, Style.PUSH, ROWS)),
        answer(new Combination(source, assurance, Style.PULL, ROWS)),
        answer(new Combination(source, assurance, Style.PUSH, FORWARD)));
  }

  private static String answer(Combination combination) {
    return combination.problems().isEmpty() ? "yes" : "no";
  }

  private static List<List<String>> rows(SourceCapabilities source) {
    List<List<String>> rows = new ArrayList<>();
    for (Guarantee guarantee : Guarantee.values()) {
      if (guarantee == Guarantee.EXACTLY_ONCE) {
        rows.add(row(source, guarantee, ProtocolName.IDEMPOTENCY));
        rows.add(row(source, guarantee, ProtocolName.LOCAL_COMMIT));
        rows.add(row(source, guarantee, ProtocolName.TWO_PHASE_COMMIT));
      } else {
        rows.add(row(source, guarantee, ProtocolName.LOCAL_COMMIT));
      }
    }
    return rows;
  }

  @Test
  void theDocumentedTablesAreWhatIsPossible() {
    Document limits = Document.at("docs/reference/limits.md");

    assertThat(limits.rows("## What goes together")).isEqualTo(rows(ARTEMIS));
    assertThat(limits.rows("## Kafka")).isEqualTo(rows(POSITIONS));
    assertThat(limits.rows("## SQS")).isEqualTo(rows(LEASES));
  }

  @Test
  void aSourceWithoutBranchesTakesNoTwoPhaseCommit() {
    Combination exactlyOnce =
        new Combination(
            NO_BROKER,
            new DeliverySpecification.Assurance(
                Guarantee.EXACTLY_ONCE, ProtocolName.TWO_PHASE_COMMIT),
            Style.PUSH,
            ROWS);

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
              ROWS);

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
            FORWARD);

    assertThat(forwarding.problems()).extracting(Violation::field).containsExactly("forward");
  }

  @Test
  void aClientThatPullsSendsOnByItself() {
    Combination forwarding =
        new Combination(
            ARTEMIS,
            new DeliverySpecification.Assurance(Guarantee.AT_LEAST_ONCE, ProtocolName.IDEMPOTENCY),
            Style.PULL,
            FORWARD);

    assertThat(forwarding.problems()).extracting(Violation::field).containsExactly("forward");
  }

  @Test
  void aSourceWithPositionsKeepsThemBesideTheRowsAndNothingElse() {
    SourceCapabilities positions =
        SourceCapabilities.of("log", Capability.TOPICS, Capability.GROUPS, Capability.POSITIONS);

    assertThat(problems(positions, ProtocolName.LOCAL_COMMIT, Style.PUSH, ROWS)).isEmpty();
    assertThat(problems(positions, ProtocolName.TWO_PHASE_COMMIT, Style.PUSH, ROWS))
        .containsExactly(
            "protocol: local-commit, which keeps the position beside the rows: sources of kind log have no branches to prepare");
    assertThat(problems(positions, ProtocolName.IDEMPOTENCY, Style.PUSH, ROWS)).isEmpty();
    assertThat(problems(positions, ProtocolName.IDEMPOTENCY, Style.PUSH, FORWARD))
        .singleElement()
        .asString()
        .startsWith("forward: local-commit with it");
    assertThat(problems(positions, ProtocolName.IDEMPOTENCY, Style.PULL, ROWS))
        .singleElement()
        .asString()
        .startsWith("protocol: local-commit with style pull");
    Combination.Uses nothing = new Combination.Uses(false, false, false);
    assertThat(problems(positions, ProtocolName.LOCAL_COMMIT, Style.PULL, nothing)).isEmpty();
    assertThat(
            new Combination(
                    positions,
                    new DeliverySpecification.Assurance(
                        Guarantee.AT_LEAST_ONCE, ProtocolName.LOCAL_COMMIT),
                    Style.PULL,
                    nothing)
                .problems())
        .extracting(Violation::field)
        .containsExactly("guarantee");
    Combination.Uses handlerAlone = new Combination.Uses(false, false, true);
    assertThat(problems(positions, ProtocolName.LOCAL_COMMIT, Style.PUSH, handlerAlone)).isEmpty();
    assertThat(
            new Combination(
                    positions,
                    new DeliverySpecification.Assurance(
                        Guarantee.AT_LEAST_ONCE, ProtocolName.LOCAL_COMMIT),
                    Style.PUSH,
                    handlerAlone)
                .problems())
        .extracting(Violation::field)
        .containsExactly("sink");
    assertThat(problems(positions, ProtocolName.LOCAL_COMMIT, Style.PUSH, FORWARD)).isEmpty();
    Combination.Uses forwardAlone = new Combination.Uses(false, true, false);
    assertThat(problems(positions, ProtocolName.LOCAL_COMMIT, Style.PUSH, forwardAlone))
        .containsExactly(
            "sink: is required for a forward: the position of a source of kind log is kept in the sink's database");
    Combination.Uses handlerAndForward = new Combination.Uses(false, true, true);
    assertThat(problems(positions, ProtocolName.LOCAL_COMMIT, Style.PUSH, handlerAndForward))
        .isEmpty();
  }

  @Test
  void aSourceThatLeasesNeedsNeitherStatementsNorAQueueOfItsOwn() {
    for (Combination.Uses uses :
        List.of(
            ROWS,
            FORWARD,
            new Combination.Uses(false, false, true),
            new Combination.Uses(false, true, false),
            new Combination.Uses(false, true, true))) {
      assertThat(problems(LEASES, ProtocolName.IDEMPOTENCY, Style.PUSH, uses)).isEmpty();
      for (Guarantee guarantee : List.of(Guarantee.AT_MOST_ONCE, Guarantee.AT_LEAST_ONCE)) {
        DeliverySpecification.Assurance assurance =
            new DeliverySpecification.Assurance(guarantee, ProtocolName.IDEMPOTENCY);
        assertThat(new Combination(LEASES, assurance, Style.PUSH, uses).problems()).isEmpty();
      }
    }
    assertThat(problems(LEASES, ProtocolName.LOCAL_COMMIT, Style.PUSH, FORWARD))
        .singleElement()
        .asString()
        .startsWith("protocol: idempotency, which recognises");
  }

  private static List<String> problems(
      SourceCapabilities source, ProtocolName protocol, Style style, Combination.Uses uses) {
    return new Combination(
            source,
            new DeliverySpecification.Assurance(Guarantee.EXACTLY_ONCE, protocol),
            style,
            uses)
        .problems().stream().map(problem -> problem.field() + ": " + problem.rule()).toList();
  }
}
