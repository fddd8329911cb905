package io.handfast.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.database.Parameter.Source;
import java.math.BigDecimal;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonValuesTest {

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of("1", 1L),
        Arguments.of("-9223372036854775808", Long.MIN_VALUE),
        Arguments.of("9223372036854775808", new BigDecimal("9223372036854775808")),
        Arguments.of("0.1", new BigDecimal("0.1")),
        Arguments.of("1.50", new BigDecimal("1.50")),
        Arguments.of("12345678901234567.123456789", new BigDecimal("12345678901234567.123456789")),
        Arguments.of("1e400", new BigDecimal("1E+400")),
        Arguments.of("\"1\"", "1"),
        Arguments.of("\"\"", ""),
        Arguments.of("\"\\u00fc\"", "ü"),
        Arguments.of("true", true),
        Arguments.of("null", null),
        Arguments.of(
            "{ \"a\" : [ 1.50, 1e999999999 ] }", new JsonText("{\"a\":[1.50,1E+999999999]}")),
        Arguments.of("[1, \"x\"]", new JsonText("[1,\"x\"]")));
  }

  @Test
  void textsAreAsLongAsTheBody() throws Exception {
    String text = "x".repeat(20_000_001);

    assertThat(field("{\"f\": \"" + text + "\"}", "f")).isEqualTo(text);
  }

  @Test
  void numbersHaveAsManyDigitsAsADatabaseStores() throws Exception {
    String digits = "1234567890".repeat(13_000);

    assertThat(field("{\"f\": " + digits + "}", "f")).isEqualTo(new BigDecimal(digits));
    String part = "0." + digits.substring(0, 10_000);
    assertThat(field("{\"f\": " + part + "}", "f")).isEqualTo(new BigDecimal(part));
    assertThatThrownBy(() -> field("{\"f\": " + "1".repeat(150_001) + "}", "f"))
        .isInstanceOf(PoisonException.class)
        .hasMessageContaining("150001")
        .hasMessageContaining("150000");
  }

  @ParameterizedTest
  @MethodSource("values")
  void fieldsKeepTheirValue(String json, @Nullable Object expected) throws Exception {
    assertThat(field("{\"f\": " + json + "}", "f")).isEqualTo(expected);
  }

  @Test
  void aMissingFieldIsNull() throws Exception {
    assertThat(field("{\"g\": 1}", "f")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"f\": 1e999999999}", "{\"f\": 1e-999999999}"})
  void aNumberThatNoDatabaseHoldsIsPoison(String body) {
    assertThatThrownBy(() -> field(body, "f"))
        .isInstanceOf(PoisonException.class)
        .hasMessageContaining("number in field f");
  }

  static Stream<Arguments> notObjects() {
    return Stream.of(
        Arguments.of("", "it is nothing"),
        Arguments.of("[1]", "it is array"),
        Arguments.of("null", "it is null"),
        Arguments.of("hello", "Unrecognized token 'hello'"),
        Arguments.of("{\"a\": 1", "line 1, column 8"),
        Arguments.of("{\"a\": 1} x", "line 1, column"),
        Arguments.of("{\"a\": NaN}", "line 1, column"));
  }

  @ParameterizedTest
  @MethodSource("notObjects")
  void aBodyThatIsNoObjectIsPoisonWhenAFieldIsNeeded(String body, String reason) {
    assertThatThrownBy(() -> field(body, "f"))
        .isInstanceOf(PoisonException.class)
        .hasMessageStartingWith("body is not a JSON object: ")
        .hasMessageContaining(reason);
  }

  @Test
  void anyBodyServesWhereNoFieldIsNeeded() throws Exception {
    JsonValues values = new JsonValues("id-1", "not json", Map.of("n", 7)::get);

    assertThat(values.value(new Parameter(Source.MESSAGE_ID, ""))).isEqualTo("id-1");
    assertThat(values.value(new Parameter(Source.MESSAGE_BODY, "")))
        .isEqualTo(new JsonText("not json"));
    assertThat(values.value(new Parameter(Source.HEADER, "n"))).isEqualTo(7L);
  }

  static Stream<Arguments> headers() {
    return Stream.of(
        Arguments.of(null, null),
        Arguments.of(true, true),
        Arguments.of((short) 7, 7L),
        Arguments.of((byte) 7, 7L),
        Arguments.of(7L, 7L),
        Arguments.of(0.1f, new BigDecimal("0.1")),
        Arguments.of(0.1d, new BigDecimal("0.1")),
        Arguments.of(Double.NaN, "NaN"),
        Arguments.of("x", "x"),
        Arguments.of(new byte[] {0, (byte) 0xff}, new byte[] {0, (byte) 0xff}));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void headersKeepTheirValue(@Nullable Object header, @Nullable Object expected) throws Exception {
    JsonValues values = new JsonValues("id", "", name -> header);

    assertThat(values.value(new Parameter(Source.HEADER, "x"))).isEqualTo(expected);
  }

  private static @Nullable Object field(String body, String name) throws PoisonException {
    return new JsonValues("id", body, header -> null).value(new Parameter(Source.FIELD, name));
  }
}
