package io.handfast.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StatementTemplateTest {

  static Stream<Arguments> statements() {
    return Stream.of(
        read("INSERT INTO t VALUES (:a, :b_2)", "INSERT INTO t VALUES (?, ?)", ":a", ":b_2"),
        read("SELECT :a, :a", "SELECT ?, ?", ":a", ":a"),
        read("SELECT :message.id,:message.body", "SELECT ?,?", ":message.id", ":message.body"),
        read("SELECT :message, :header", "SELECT ?, ?", ":message", ":header"),
        read("SELECT :header.trace-id.x_1+1", "SELECT ?+1", ":header.trace-id.x_1"),
        read("SELECT :header.x--:a", "SELECT ?--:a", ":header.x"),
        read("SELECT :a::jsonb, b::text", "SELECT ?::jsonb, b::text", ":a"),
        read("SELECT ::a", "SELECT ::a"),
        read("SELECT a[1:2], a[i : j], x := 1", "SELECT a[1:2], a[i : j], x := 1"),
        read("SELECT 'it''s :a', :b", "SELECT 'it''s :a', ?", ":b"),
        read("SELECT 'c:\\', :b", "SELECT 'c:\\', ?", ":b"),
        read("SELECT E'\\':a', :b", "SELECT E'\\':a', ?", ":b"),
        read("SELECT e'\\\\', :b", "SELECT e'\\\\', ?", ":b"),
        read("SELECT name'\\', :b", "SELECT name'\\', ?", ":b"),
        read("SELECT \"a:b\"\"?\", `c:d`, :b", "SELECT \"a:b\"\"?\", `c:d`, ?", ":b"),
        read("SELECT $$ :a ' $$, :b", "SELECT $$ :a ' $$, ?", ":b"),
        read("SELECT $x$ :a $$ ; $x$, :b", "SELECT $x$ :a $$ ; $x$, ?", ":b"),
        read("SELECT a$b$c, :b", "SELECT a$b$c, ?", ":b"),
        read("SELECT 1 -- :a '\n, :b", "SELECT 1 -- :a '\n, ?", ":b"),
        read("SELECT /* :a /* ' */ :c */ :b", "SELECT /* :a /* ' */ :c */ ?", ":b"),
        read("SELECT j ? 'a?', j ?| :a, j ?? 'b'", "SELECT j ?? 'a?', j ??| ?, j ?? 'b'", ":a"),
        read("SELECT :größe", "SELECT ?", ":größe"),
        read("SELECT ';' ; -- done", "SELECT ';'  -- done"),
        read("-- why\nUPDATE t SET a = :a", "-- why\nUPDATE t SET a = ?", ":a"));
  }

  private static Arguments read(String sql, String jdbcSql, String... parameters) {
    return Arguments.of(sql, jdbcSql, parameters);
  }

  @ParameterizedTest
  @MethodSource("statements")
  void parametersBecomePlaceholdersAndNothingElseDoes(
      String sql, String jdbcSql, String[] parameters) throws Exception {
    StatementTemplate template = StatementTemplate.parse(sql);

    assertThat(template.sql()).isEqualTo(sql);
    assertThat(template.jdbcSql()).isEqualTo(jdbcSql);
    assertThat(template.parameters()).map(Parameter::toString).containsExactly(parameters);
  }

  static Stream<Arguments> invalid() {
    return Stream.of(
        Arguments.of("", "no statement"),
        Arguments.of(" ; -- nothing", "no statement"),
        Arguments.of("SELECT 'a", "quoted text at character 8 does not end"),
        Arguments.of("SELECT E'a\\'", "quoted text at character 9 does not end"),
        Arguments.of("SELECT \"a", "does not end"),
        Arguments.of("SELECT $x$ $$", "$x$ at character 8 does not end"),
        Arguments.of("SELECT 1 /* /* */", "comment at character 10 does not end"),
        Arguments.of("SELECT 1; SELECT 2", "second statement begins at character 11"),
        Arguments.of("SELECT :message.ID", "no parameter :message.ID at character 8"),
        Arguments.of("SELECT :address.city", "no parameter :address.city"),
        Arguments.of("SELECT $1", "write :name"),
        Arguments.of("/* x */ commit", "COMMIT is not allowed"));
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void whatIsNotOneStatementIsRefusedWithItsPlace(String sql, String complaint) {
    assertThatThrownBy(() -> StatementTemplate.parse(sql))
        .isInstanceOf(InvalidStatementException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void theFirstWordIsTheKeyword() throws Exception {
    assertThat(StatementTemplate.parse("-- x\n insert INTO t VALUES (1)").keyword())
        .isEqualTo("INSERT");
    assertThat(StatementTemplate.parse("(SELECT 1)").keyword()).isEqualTo("SELECT");
  }
}
