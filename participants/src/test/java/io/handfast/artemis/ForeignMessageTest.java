package io.handfast.artemis;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Headers that clients of Kafka and SQS send, as properties that JMS lets be read. */
class ForeignMessageTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tenant           | tenant",
        "Accept-Encoding  | Accept_HYPHEN_Encoding",
        "sentry-trace     | sentry_HYPHEN_trace",
        "ce.type          | ce_DOT_type",
        "2nd              | _2nd",
        "a b              | a_x20_b",
        "grün             | grün",
        "'a\u0000b'       | a_x0_b",
        "''               | _",
      })
  void aHeaderOfAnyNameIsAPropertyThatJmsKnows(String header, String property) {
    assertThat(ForeignMessage.identifier(header)).isEqualTo(property);
  }

  @Test
  void aNumberThatNoPropertyCanBeKeepsItsDigits() {
    assertThat(ForeignMessage.property(new BigDecimal("12.50"))).isEqualTo("12.50");
    assertThat(ForeignMessage.property(new BigDecimal("1E+30")))
        .isEqualTo("1000000000000000000000000000000");
    assertThat(ForeignMessage.property(7L)).isEqualTo(7L);
  }
}
