package io.handfast.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssignedColumnsTest {

  @Test
  void anInsertIsReadWithAndWithoutItsColumns() {
    assertThat(
            AssignedColumns.of(
                "INSERT INTO s.\"T t\"(a, b, c) VALUES (?, f(?, '?,'), ?) RETURNING a"))
        .contains(
            new AssignedColumns("SELECT a, b, c FROM s.\"T t\" WHERE false", Map.of(1, 1, 3, 3)));
    assertThat(AssignedColumns.of("insert into t values (? ?? ?, ? )"))
        .contains(new AssignedColumns("SELECT * FROM t WHERE false", Map.of(3, 2)));
  }

  @Test
  void anUpdateIsReadUpToItsCondition() {
    assertThat(AssignedColumns.of("UPDATE t SET a = ?, b = b + ?, c = ? WHERE id = ?"))
        .contains(new AssignedColumns("SELECT a, c FROM t WHERE false", Map.of(1, 1, 3, 2)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "x", "\"x\".", "x."})
  void aLongNameIsReadInOnePass(String repeated) {
    String name = repeated.repeat(20_000);

    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          AssignedColumns.of("INSERT INTO " + name + " (a) VALUE (?)");
          AssignedColumns.of("UPDATE " + name + " SET a = ?");
          AssignedColumns.of("UPDATE t SET " + name + " = ? + 1");
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT f(?)",
        "INSERT INTO t SELECT ?",
        "DELETE FROM t WHERE a = ?",
        "UPDATE t SET a = a + ? WHERE b = ?",
        "INSERT INTO t VALUES (now())"
      })
  void allElseIsLeftToTheServer(String sql) {
    assertThat(AssignedColumns.of(sql)).isEmpty();
  }
}
