package io.handfast.database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Applies statements to messages in the order of the messages: all statements of the first, then
 * all of the second, so that a later message sees what an earlier one wrote.
 */
interface StatementRunner {

  /** Commands that travel with the statements of a unit, after them. */
  interface Tail {

    /** None. */
    Tail NONE = behind(List.of());

    /** Some after the others; none where there are none. */
    static Tail behind(List<Tail> tails, String... first) {
      return new Tails(List.of(first), tails);
    }

    List<String> commands();

    /** Binds their parameters, from a placeholder on; returns the next free one. */
    int bind(PreparedStatement to, int placeholder) throws SQLException;

    /**
     * They were run.
     *
     * @param counts of the rows that each has changed, in order
     */
    void done(List<Integer> counts);
  }

  /**
   * Several of them as one.
   *
   * @param first commands without parameters
   */
  record Tails(List<String> first, List<Tail> then) implements Tail {

    @Override
    public List<String> commands() {
      List<String> commands = new ArrayList<>(first);
      then.forEach(tail -> commands.addAll(tail.commands()));
      return commands;
    }

    @Override
    public int bind(PreparedStatement to, int placeholder) throws SQLException {
      int next = placeholder;
      for (Tail tail : then) {
        next = tail.bind(to, next);
      }
      return next;
    }

    @Override
    public void done(List<Integer> counts) {
      int at = first.size();
      for (Tail tail : then) {
        int end = at + tail.commands().size();
        tail.done(counts.subList(at, end));
        at = end;
      }
    }
  }

  /**
   * Runs the statements.
   *
   * @param isRowExpected whether a statement that changes no row fails
   */
  void run(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected)
      throws SQLException, PoisonException;

  /** Whether several commands can be sent as one script. */
  default boolean joinsCommands() {
    return false;
  }

  /** Whether these can do nothing but change rows at once, or fail. */
  default boolean arePlain(List<StatementTemplate> statements) {
    return false;
  }

  /**
   * Runs the statements after a mark, and has what is deferred checked after them, all of it in one
   * round trip; or does nothing.
   *
   * @param mark SQL, if any, that the database has executed before any of the statements
   * @param tail what comes last
   * @return whether it was done; false where it takes more than one round trip
   * @throws PoisonException a message cannot be read; nothing was sent, the mark neither
   */
  default boolean runMarked(
      List<String> mark,
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected,
      Tail tail)
      throws SQLException, PoisonException {
    return false;
  }

  /**
   * Fails where a statement that is there to change rows has changed none; the state is that of "no
   * data".
   *
   * @param count of the rows that it has changed, or that it returns; negative where it tells none
   */
  static void requireRow(StatementTemplate statement, long count) throws SQLException {
    if (count == 0 && statement.changesRows()) {
      throw new SQLException("changed no row: " + statement, "02000");
    }
  }

  /** The same for the result that a statement has at hand. */
  static void requireRow(StatementTemplate statement, Statement done) throws SQLException {
    ResultSet returned = done.getResultSet();
    boolean isEmpty = returned != null && !returned.next();
    requireRow(statement, isEmpty ? 0 : done.getUpdateCount());
  }
}
