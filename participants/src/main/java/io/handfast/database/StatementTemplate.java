package io.handfast.database;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One SQL statement with named parameters, parsed once and immutable.
 *
 * <p>{@code :field} is a top-level field of the message's JSON body; {@code :message.id}, {@code
 * :message.body} and {@code :header.X} come from the message. What looks like a parameter in quoted
 * text, quoted identifiers, dollar quotes and comments is left alone, and so are {@code ::} casts
 * and array slices like {@code a[1:2]}; a slice between columns is written with blanks, {@code a[i
 * : j]}. A question mark is always an operator.
 */
public final class StatementTemplate {

  private static final Set<String> CHANGING =
      Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "WITH");

  private final String sql;
  private final String jdbcSql;
  private final String keyword;
  private final String opening;
  private final List<Parameter> parameters;

  private StatementTemplate(String sql, TemplateParser parser) {
    this.sql = sql;
    this.jdbcSql = parser.jdbcSql();
    this.keyword = parser.keyword();
    this.opening = parser.opening();
    this.parameters = parser.parameters();
  }

  /**
   * Reads a statement.
   *
   * @throws InvalidStatementException it is empty, several statements, ends inside a quote or
   *     comment, names a parameter that does not exist, or ends the transaction by itself
   */
  public static StatementTemplate parse(String sql) throws InvalidStatementException {
    TemplateParser parser = new TemplateParser(sql);
    parser.parse();
    return new StatementTemplate(sql, parser);
  }

  /** The statement as it was given. */
  public String sql() {
    return sql;
  }

  /** The statement with a {@code ?} for each parameter and without a closing semicolon. */
  String jdbcSql() {
    return jdbcSql;
  }

  /** The parameters in the order of their placeholders; one that is named twice is here twice. */
  List<Parameter> parameters() {
    return parameters;
  }

  /** The first word, in capitals. */
  String keyword() {
    return keyword;
  }

  /** The first two words, in capitals. */
  String opening() {
    return opening;
  }

  /** Whether it is there to change rows, as a query, SET or a call is not. */
  boolean changesRows() {
    return CHANGING.contains(keyword);
  }

  /** Two templates of the same text are the same. */
  @Override
  public boolean equals(Object other) {
    return other instanceof StatementTemplate template && template.sql.equals(sql);
  }

  @Override
  public int hashCode() {
    return sql.hashCode();
  }

  @Override
  public String toString() {
    return sql;
  }

  /** The fields of the body that it asks for. */
  public Set<String> fields() {
    return parameters().stream()
        .filter(named -> named.source() == Parameter.Source.FIELD)
        .map(Parameter::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether it asks for what only a message has that a partition keeps. */
  public boolean isOfPartition() {
    return parameters().stream().anyMatch(named -> named.source() == Parameter.Source.PARTITION);
  }
}
