package io.handfast.participant;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;

class XaFailuresTest {

  @Test
  void everyCodeHasItsName() throws Exception {
    List<Field> codes =
        Arrays.stream(XAException.class.getFields())
            .filter(field -> Modifier.isStatic(field.getModifiers()))
            .filter(field -> !field.getName().matches("XA_RB(BASE|END)"))
            .toList();

    assertThat(codes).hasSizeGreaterThan(20);
    for (Field code : codes) {
      int number = code.getInt(null);
      assertThat(XaFailures.code(new XAException(number)))
          .isEqualTo("code %d (%s)", number, code.getName());
    }
    assertThat(XaFailures.code(new XAException(0))).isEqualTo("code 0");
  }

  @Test
  void whatTheAnswerOrItsCauseSaysFollowsTheCode() {
    int code = XAException.XAER_RMFAIL;

    assertThat(XaFailures.text(new XAException(code))).isEqualTo("code -7 (XAER_RMFAIL)");
    assertThat(XaFailures.text(XaFailures.of(code, "gone", null)))
        .isEqualTo("code -7 (XAER_RMFAIL) gone");
    assertThat(XaFailures.text(XaFailures.of(code, null, new IllegalStateException("closed"))))
        .isEqualTo("code -7 (XAER_RMFAIL) closed");
  }
}
