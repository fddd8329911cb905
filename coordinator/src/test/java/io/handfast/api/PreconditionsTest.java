package io.handfast.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds and what does not, by RFC 9110, sections 8.8.3 and 13. */
class PreconditionsTest {

  private static final String TAG = "\"now\"";

  @Test
  void withoutHeadersEverythingHolds() {
    assertThat(holds(List.of(), List.of(), TAG)).isTrue();
    assertThat(holds(List.of(), List.of(), null)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = ';',
      value = {
        "*; true",
        "\"now\"; true",
        "\"then\"; false",
        "\"then\", \"now\"; true",
        "\"then\" ,, \"now\"; true",
        "\"a,b\", \"now\"; true",
        "\"a,b\"; false",
        "\"\"; false",
        "W/\"now\"; false",
        "W/\"now\", \"now\"; true",
      })
  void ifMatchComparesStrongly(String header, boolean holds) {
    assertThat(holds(List.of(header), List.of(), TAG)).isEqualTo(holds);
    assertThat(holds(List.of(header), List.of(), null)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = ';',
      value = {
        "*; false",
        "\"now\"; false",
        "W/\"now\"; false",
        "\"then\"; true",
        "\"then\", W/\"now\"; false",
        "\"then\", \"Now\"; true",
      })
  void ifNoneMatchComparesWeakly(String header, boolean holds) {
    assertThat(holds(List.of(), List.of(header), TAG)).isEqualTo(holds);
    assertThat(holds(List.of(), List.of(header), null)).isTrue();
  }

  @Test
  void linesOfOneHeaderAreOneList() {
    assertThat(holds(List.of("\"then\"", "\"now\""), List.of(), TAG)).isTrue();
    assertThat(holds(List.of("\"then\""), List.of("*"), TAG)).isFalse();
    assertThat(holds(List.of("\"now\""), List.of("*"), TAG)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ",",
        "now",
        "'now'",
        "\"now",
        "now\"",
        "w/\"now\"",
        "W/ \"now\"",
        "W/now",
        "\"a\"b\"",
        "\"a\" \"b\"",
        "*, \"now\"",
        "**",
        "\"a b\"",
        "\"now\";q=1",
        "\"now\", *",
        "\"\u0007\""
      })
  void malformedHeadersAreRefused(String header) {
    ProblemException ifMatch =
        catchThrowableOfType(
            ProblemException.class, () -> Preconditions.of(List.of(header), List.of()));
    ProblemException ifNoneMatch =
        catchThrowableOfType(
            ProblemException.class, () -> Preconditions.of(List.of(), List.of(header)));

    assertThat(ifMatch.type()).isEqualTo(ProblemType.INVALID_REQUEST);
    assertThat(ifMatch.violations())
        .singleElement()
        .satisfies(v -> assertThat(v.field()).isEqualTo("If-Match"));
    assertThat(ifNoneMatch.violations())
        .singleElement()
        .satisfies(v -> assertThat(v.field()).isEqualTo("If-None-Match"));
  }

  @Test
  void whatDoesNotHoldSaysWhy() {
    assertThatThrownBy(() -> Preconditions.of(List.of(), List.of("*")).require(TAG))
        .hasMessage("It exists, and its entity tag is \"now\". Nothing was changed.");
    assertThatThrownBy(() -> Preconditions.of(List.of("*"), List.of()).require(null))
        .hasMessageContaining("does not exist");
  }

  private static boolean holds(
      List<String> ifMatch, List<String> ifNoneMatch, @Nullable String tag) {
    Preconditions preconditions = Preconditions.of(ifMatch, ifNoneMatch);
    try {
      preconditions.require(tag);
      return true;
    } catch (ProblemException e) {
      assertThat(e.type()).isEqualTo(ProblemType.PRECONDITION_FAILED);
      return false;
    }
  }
}
