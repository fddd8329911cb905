package io.handfast.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements of one connection, the least used closed first, and the types that the
 * database asks for in them.
 */
final class StatementCache {

  /** Several deliveries share no session, so a handful of statements in their batch sizes. */
  private static final int CAPACITY = 64;

  private final Dialect dialect;
  private final Connection connection;
  private final Map<Script, PreparedStatement> prepared = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<StatementTemplate, StatementDescription> described = new HashMap<>();

  StatementCache(Dialect dialect, Connection connection) {
    this.dialect = dialect;
    this.connection = connection;
  }

  /**
   * The statements one after the other, as many times over as there are copies.
   *
   * @param before SQL that comes first
   * @param after SQL without parameters that comes last
   */
  record Script(
      List<String> before, List<StatementTemplate> statements, int copies, List<String> after) {

    Script(List<StatementTemplate> statements, int copies) {
      this(List.of(), statements, copies, List.of());
    }

    /** Commands of which one is for all messages. */
    static Script joined(List<String> commands, List<String> after) {
      return new Script(commands, List.of(), 0, after);
    }

    /** A semicolon on a line of its own, since a statement may end in a line comment. */
    String jdbcSql() {
      List<String> parts = new ArrayList<>(before);
      for (int copy = 0; copy < copies; copy++) {
        statements.forEach(statement -> parts.add(statement.jdbcSql()));
      }
      parts.addAll(after);
      return String.join("\n;\n", parts);
    }
  }

  PreparedStatement prepare(Script script) throws SQLException {
    PreparedStatement statement = prepared.get(script);
    if (statement == null) {
      statement = connection.prepareStatement(script.jdbcSql());
      prepared.put(script, statement);
      if (prepared.size() > CAPACITY) {
        evictEldest();
      }
    }
    return statement;
  }

  private void evictEldest() throws SQLException {
    var eldest = prepared.entrySet().iterator();
    PreparedStatement statement = eldest.next().getValue();
    eldest.remove();
    statement.close();
  }

  /**
   * Has the database describe statements, where it has not yet: one round trip for each.
   *
   * @throws PoisonException one of them must not be used
   */
  void describe(List<StatementTemplate> statements) throws SQLException, PoisonException {
    for (StatementTemplate statement : statements) {
      if (!described.containsKey(statement)) {
        StatementDescription description = dialect.describe(connection, statement);
        if (description.refusal() != null) {
          throw new PoisonException(description.refusal());
        }
        if (described.size() >= CAPACITY) {
          described.clear();
        }
        described.put(statement, description);
      }
    }
  }

  /** Whether binding values of these statements asks the database for nothing. */
  boolean isDescribed(List<StatementTemplate> statements) {
    return described.keySet().containsAll(statements);
  }

  /** Whether the database has described all of these, as plain ones. */
  boolean arePlain(List<StatementTemplate> statements) {
    for (StatementTemplate statement : statements) {
      StatementDescription known = described.get(statement);
      if (known == null || !known.isPlain()) {
        return false;
      }
    }
    return true;
  }

  /** After a failure: the types may have changed, and are asked for again. */
  void forgetTypes() {
    described.clear();
  }

  /**
   * Binds the values of one message from a placeholder on, as the statement asks for them; returns
   * the next free placeholder.
   */
  int bind(
      PreparedStatement to, int placeholder, StatementTemplate statement, ParameterValues message)
      throws SQLException, PoisonException {
    List<Parameter> parameters = statement.parameters();
    List<ParameterTarget> asked = targets(statement);
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      Object value = asked.get(i).fit(parameter, message.value(parameter));
      if (value instanceof byte[] bytes) {
        to.setBytes(placeholder++, bytes);
      } else {
        dialect.bind(to, placeholder++, value);
      }
    }
    return placeholder;
  }

  private List<ParameterTarget> targets(StatementTemplate statement) {
    StatementDescription known = described.get(statement);
    return known == null ? StatementDescription.open(statement).targets() : known.targets();
  }

  /** What is one command for all messages, once it is described; null where nothing is. */
  @Nullable String joined(StatementTemplate statement) {
    StatementDescription known = described.get(statement);
    return known == null ? null : known.joined();
  }

  /**
   * Binds the values of all messages to {@link #joined}, one parameter after the other; returns the
   * next free placeholder.
   */
  int bindAll(
      PreparedStatement to,
      int placeholder,
      StatementTemplate statement,
      List<? extends ParameterValues> messages)
      throws SQLException, PoisonException {
    List<Parameter> parameters = statement.parameters();
    List<ParameterTarget> asked = targets(statement);
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      List<@Nullable Object> values = new ArrayList<>(messages.size());
      for (ParameterValues message : messages) {
        values.add(asked.get(i).fit(parameter, message.value(parameter)));
      }
      dialect.bindAll(to, placeholder++, asked.get(i), values);
    }
    return placeholder;
  }
}
