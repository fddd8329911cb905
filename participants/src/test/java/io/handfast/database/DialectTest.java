package io.handfast.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectTest {

  private final Dialect postgres = Dialect.of("jdbc:postgresql://db/x");
  private final Dialect h2 = Dialect.of("jdbc:h2:mem:");

  @ParameterizedTest
  @CsvSource({
    "23505, POISON",
    "22P02, POISON",
    "42804, SUSPECT",
    "42883, SUSPECT",
    "P0001, POISON",
    "54000, POISON",
    "21000, POISON",
    "99999, POISON",
    "08006, INFRASTRUCTURE",
    "57P01, INFRASTRUCTURE",
    "57014, SUSPECT",
    "53300, INFRASTRUCTURE",
    "53100, INFRASTRUCTURE",
    "55P03, SUSPECT",
    "40001, INFRASTRUCTURE",
    "40P01, INFRASTRUCTURE",
    "57P03, INFRASTRUCTURE",
    "42P17, SUSPECT",
    "25006, INFRASTRUCTURE",
    "58030, SUSPECT",
    "XX000, SUSPECT",
    "42P01, SUSPECT",
    "42703, SUSPECT",
    "42501, SUSPECT",
    "3F000, SUSPECT",
    "28P01, SUSPECT",
    "HV00N, SUSPECT",
    "72000, INFRASTRUCTURE",
    "0A000, SUSPECT",
    "26000, SUSPECT"
  })
  void statesOfPostgresAreJudged(String state, SqlFailure expected) {
    assertThat(postgres.classify(new SQLException("x", state))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "23505, POISON",
    "22018, POISON",
    "23502, POISON",
    "90105, POISON",
    "90003, POISON",
    "90067, INFRASTRUCTURE",
    "90098, INFRASTRUCTURE",
    "90121, INFRASTRUCTURE",
    "90028, INFRASTRUCTURE",
    "90031, INFRASTRUCTURE",
    "40001, INFRASTRUCTURE",
    "50200, INFRASTRUCTURE",
    "42102, SUSPECT",
    "42104, SUSPECT",
    "42122, SUSPECT",
    "28000, INFRASTRUCTURE",
    "50000, SUSPECT",
    "0, POISON"
  })
  void codesOfH2AreJudged(int code, SqlFailure expected) {
    assertThat(h2.classify(new SQLException("x", "HY000", code))).isEqualTo(expected);
  }

  @Test
  void theCauseInsideABatchFailureCounts() {
    BatchUpdateException batch = new BatchUpdateException("batch", null, 0, new int[0]);
    batch.setNextException(new SQLException("aborted", "25P02"));
    batch.setNextException(new SQLException("no table", "42P01"));

    assertThat(postgres.classify(batch)).isEqualTo(SqlFailure.SUSPECT);
  }

  @Test
  void aLostConnectionOutweighsWhatElseIsSaid() {
    SQLException failure = new SQLException("duplicate", "23505");
    failure.setNextException(new SQLException("gone", "08006"));

    assertThat(postgres.classify(failure)).isEqualTo(SqlFailure.INFRASTRUCTURE);
    assertThat(postgres.isConflict(failure)).isFalse();
  }

  @Test
  void otherDatabasesAreRefusedWithTheListOfThoseThatWork() {
    assertThatThrownBy(() -> Dialect.of("jdbc:oracle:thin:scott/tiger@x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("jdbc:postgresql:", "jdbc:h2:")
        .hasMessageNotContaining("tiger");
  }

  @Test
  void settingsDoNotShowPasswords() {
    DatabaseSettings settings =
        new DatabaseSettings(
            "jdbc:postgresql://db/x?user=u&password=secret&sslpassword=secret", "u", "secret");
    assertThat(settings.toString()).contains("db/x?user=u").doesNotContain("secret");
    assertThat(new DatabaseSettings("jdbc:h2:mem:;PASSWORD=secret", null, null).toString())
        .doesNotContain("secret");
  }
}
