package io.handfast.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.handfast.participant.XaFailures;
import java.sql.SQLException;
import java.time.Duration;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorTextTest {

  @Test
  void aCauseOfPostgresWithItsDetailsIsOneLine() {
    SQLException failure =
        new SQLException(
            "ERROR: duplicate key value violates unique constraint \"t_pkey\"\n"
                + "  Detail: Key (id)=(1) already exists.\r\n  Where: line 3");

    assertThat(ErrorText.readable(new IllegalStateException(failure)))
        .isEqualTo(
            "ERROR: duplicate key value violates unique constraint \"t_pkey\""
                + " Detail: Key (id)=(1) already exists. Where: line 3");
  }

  @Test
  void anAnswerWithoutATextIsItsCodeByName() {
    assertThat(ErrorText.readable(new IllegalStateException(null, new XAException(-7))))
        .isEqualTo("code -7 (XAER_RMFAIL)");
    assertThat(ErrorText.readable(new XAException(42))).isEqualTo("code 42");
  }

  @Test
  void theCodeOfAnAnswerFollowsTheDeepestMessage() {
    Throwable silent = new SQLException("connection reset");

    assertThat(
            ErrorText.readable(
                new IllegalStateException(
                    "no", XaFailures.of(XAException.XAER_RMFAIL, null, silent))))
        .isEqualTo("connection reset; code -7 (XAER_RMFAIL)");
    assertThat(ErrorText.readable(new IllegalStateException("not committed", new XAException(-7))))
        .isEqualTo("not committed; code -7 (XAER_RMFAIL)");
  }

  @Test
  void aCodeThatTheMessageHasIsNotRepeated() {
    XAException answer = new XAException(XAException.XAER_RMFAIL);
    String message = "broker: commit answered " + XaFailures.code(answer);

    assertThat(ErrorText.readable(XaFailures.of(XAException.XA_HEURHAZ, message, answer)))
        .isEqualTo("broker: commit answered code -7 (XAER_RMFAIL)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bad", " ", "\n", " \n ", "password"})
  void aCauseThatQuotesAMegabyteIsItsBeginning(String repeated) {
    String cause = "invalid: \"" + repeated.repeat(1_000_000) + "\"";

    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThat(ErrorText.readable(new SQLException(cause)))
                .startsWith("invalid: \"")
                .hasSizeLessThan(1_100));
  }
}
