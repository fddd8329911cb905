package io.handfast.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class CausesTest {

  @Test
  void aCauseOfPostgresWithItsDetailsIsOneLine() {
    SQLException failure =
        new SQLException(
            "ERROR: duplicate key value violates unique constraint \"t_pkey\"\n"
                + "  Detail: Key (id)=(1) already exists.\r\n  Where: line 3");

    assertThat(Causes.readable(new IllegalStateException(failure)))
        .isEqualTo(
            "ERROR: duplicate key value violates unique constraint \"t_pkey\""
                + " Detail: Key (id)=(1) already exists. Where: line 3");
  }
}
