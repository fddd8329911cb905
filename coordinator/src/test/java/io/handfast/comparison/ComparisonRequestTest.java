package io.handfast.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser.Feature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.input.JsonFields;
import io.handfast.input.Violation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonRequestTest {

  private static final List<String> DATABASES = List.of("default", "other");

  private final List<Violation> violations = new ArrayList<>();

  private ComparisonRequest read(String body) throws Exception {
    violations.clear();
    var json = new ObjectMapper().reader().with(Feature.ALLOW_SINGLE_QUOTES).readTree(body);
    return ComparisonRequest.read(new JsonFields(json, "", violations), DATABASES);
  }

  private List<String> fieldsAtFault(String body) throws Exception {
    read(body);
    assertThat(violations).allSatisfy(violation -> assertThat(violation.rule()).isNotBlank());
    return violations.stream().map(Violation::field).toList();
  }

  @Test
  void everyMemberHasItsDefault() throws Exception {
    assertThat(read("{}"))
        .isEqualTo(
            new ComparisonRequest(
                10_000,
                256,
                4,
                List.of(100),
                List.of(
                    ComparedProtocol.AT_MOST_ONCE,
                    ComparedProtocol.AT_LEAST_ONCE,
                    ComparedProtocol.IDEMPOTENCY,
                    ComparedProtocol.LOCAL_COMMIT,
                    ComparedProtocol.TWO_PHASE_COMMIT),
                3,
                200,
                "default"));
    assertThat(violations).isEmpty();
  }

  @Test
  void everyMemberIsRead() throws Exception {
    ComparisonRequest request =
        read(
            "{'messages':1,'size':64,'consumers':64,'batch':[1,1000],'rounds':20,'rate':10000,"
                + "'guarantees':['idempotency','at-most-once'],'database':'other'}");

    assertThat(violations).isEmpty();
    assertThat(request)
        .isEqualTo(
            new ComparisonRequest(
                1,
                64,
                64,
                List.of(1, 1000),
                List.of(ComparedProtocol.IDEMPOTENCY, ComparedProtocol.AT_MOST_ONCE),
                20,
                10_000,
                "other"));
  }

  @Test
  void batchMayBeOneNumber() throws Exception {
    assertThat(read("{'batch':7}").batches()).containsExactly(7);
  }

  @Test
  void exactlyOnceIsItsDefaultProtocol() throws Exception {
    assertThat(read("{'guarantees':['exactly-once','two-phase-commit']}").candidates())
        .containsExactly(ComparedProtocol.TWO_PHASE_COMMIT);
  }

  @Test
  void everythingThatIsWrongIsNamedAtOnce() throws Exception {
    assertThat(
            fieldsAtFault(
                "{'messages':0,'size':63,'consumers':65,'batch':[1,0,'x'],'rounds':21,'rate':0,"
                    + "'guarantees':['at-most-once','maybe',1],'database':'nowhere','colour':1}"))
        .containsExactlyInAnyOrder(
            "messages",
            "size",
            "consumers",
            "batch[1]",
            "batch[2]",
            "rounds",
            "rate",
            "guarantees[1]",
            "guarantees[2]",
            "database",
            "colour");
    assertThat(violations)
        .contains(
            new Violation(
                "guarantees[1]",
                "maybe",
                "one of at-most-once, at-least-once, idempotency, local-commit, two-phase-commit, exactly-once"));
  }

  @Test
  void listsAreNeitherEmptyNorLongNorRepeatThemselves() throws Exception {
    for (String list : List.of("[]", "[1,1]", "[1,2,3,4,5,6,7,8,9]", "{}", "true", "1001")) {
      assertThat(fieldsAtFault("{'batch':" + list + "}")).as(list).containsExactly("batch");
    }
    for (String list : List.of("[]", "'at-most-once'", "1", "['idempotency','idempotency']")) {
      assertThat(fieldsAtFault("{'guarantees':" + list + "}"))
          .as(list)
          .containsExactly("guarantees");
    }
  }

  @Test
  void allMessagesTogetherAreBounded() throws Exception {
    assertThat(fieldsAtFault("{'messages':16384,'size':65536}")).isEmpty();
    assertThat(fieldsAtFault("{'messages':16385,'size':65536}")).containsExactly("messages");
    assertThat(fieldsAtFault("{'messages':65536,'size':65536}")).containsExactly("messages");
  }
}
