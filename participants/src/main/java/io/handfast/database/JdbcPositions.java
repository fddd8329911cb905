package io.handfast.database;

import io.handfast.database.StatementRunner.Tail;
import io.handfast.message.PositionedSession.Failed;
import io.handfast.message.PositionedSession.Position;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Positions in the marker's table. */
final class JdbcPositions implements Positions {

  private static final String INSERT =
      "INSERT INTO %1$s(namespace, delivery, slot, slot_id, committed, unit, position, term, owner,"
          + " attempts, updated_at, topic, consumer_group, epoch)"
          + " SELECT ?, ?, ?, ?, 0, '', ?, 0, '', 0, CURRENT_TIMESTAMP, ?, ?, ?"
          + " WHERE NOT EXISTS (SELECT 1 FROM %1$s WHERE slot = ?)";

  private static final String TAKE =
      "UPDATE %s SET term = term + 1, owner = ?, delivery = ?, updated_at = CURRENT_TIMESTAMP"
          + " WHERE slot = ? AND consumer_group = ?";

  private static final String READ =
      "SELECT term, consumer_group, position, epoch, failing, attempts FROM %s WHERE slot = ?";

  private static final String MOVE =
      "UPDATE %s SET position = ?, epoch = ?,"
          + " attempts = CASE WHEN failing >= ? THEN attempts ELSE 0 END,"
          + " failing = CASE WHEN failing >= ? THEN failing END,"
          + " committed = committed + 1, updated_at = CURRENT_TIMESTAMP"
          + " WHERE slot = ? AND term = ? AND owner = ? AND position = ?";

  private static final String FAIL =
      "UPDATE %s SET failing = ?, attempts = ?, updated_at = CURRENT_TIMESTAMP"
          + " WHERE slot = ? AND term = ? AND owner = ? AND position = ?";

  private static final String SET =
      "UPDATE %s SET term = term + 1, owner = '', position = ?, epoch = ?, failing = NULL,"
          + " attempts = 0, updated_at = CURRENT_TIMESTAMP WHERE slot = ? AND consumer_group = ?";

  private static final String KNOWN =
      "SELECT slot, position, epoch, failing, attempts FROM %s"
          + " WHERE namespace = ? AND topic = ? AND consumer_group = ?";

  private static final String REMOVE =
      "DELETE FROM %s WHERE namespace = ? AND topic = ? AND consumer_group = ?";

  /** More partitions in one unit take a round trip more. */
  private static final int MOST_IN_A_SCRIPT = 16;

  private final JdbcSession session;
  private final String moveSql;
  private @Nullable PreparedStatement move;
  private final Map<Integer, PreparedStatement> scripts = new HashMap<>();
  private List<Move> announced = List.of();
  private @Nullable Boolean carried;
  private boolean isSetUp;

  JdbcPositions(JdbcSession session) {
    this.session = session;
    this.moveSql = sql(MOVE);
  }

  @Override
  public Optional<Held> take(Place place, Duration longest)
      throws SQLException, OtherGroupException {
    begin(longest);
    String token = JdbcMarker.random();
    Optional<Held> taken = Optional.empty();
    boolean isThere;
    try (PreparedStatement take = session.jdbc().prepareStatement(sql(TAKE))) {
      take.setString(1, token);
      take.setString(2, JdbcMarker.cut(place.delivery()));
      take.setString(3, place.slot());
      take.setString(4, place.group());
      isThere = take.executeUpdate() == 1;
    } catch (SQLException e) {
      if (session.dialect().isConflict(e)) {
        session.rollback();
        throw new OwnerInUnitException(place, e);
      }
      throw e;
    }
    try (PreparedStatement read = session.jdbc().prepareStatement(sql(READ))) {
      read.setString(1, place.slot());
      try (ResultSet row = read.executeQuery()) {
        if (row.next()) {
          String group = String.valueOf(row.getString(2));
          if (!isThere && !group.equals(place.group())) {
            throw new OtherGroupException(place, group);
          }
          if (isThere) { // else another consumer has inserted it since: it is there next time
            taken = Optional.of(new Held(place.slot(), row.getLong(1), token, row(row)));
          }
        }
      }
    } catch (OtherGroupException e) {
      session.rollback();
      throw e;
    }
    session.commit();
    isSetUp = true;
    return taken;
  }

  /** The settings of the session are undone with a transaction that is not committed. */
  private void begin(Duration longest) throws SQLException {
    for (String setting : session.dialect().ofTakeOver()) {
      execute(setting);
    }
    if (!isSetUp) {
      for (String setting : session.dialect().ofMarkedUnits(longest)) {
        execute(setting);
      }
    }
  }

  @Override
  public void setUp(Duration longest) throws SQLException {
    if (!isSetUp) {
      for (String setting : session.dialect().ofMarkedUnits(longest)) {
        execute(setting);
      }
      session.commit();
      isSetUp = true;
    }
  }

  private static Row row(ResultSet row) throws SQLException {
    int epoch = row.getInt("epoch");
    Position at = new Position(row.getLong("position"), row.wasNull() ? -1 : epoch);
    long failing = row.getLong("failing");
    return row.wasNull() ? Row.of(at) : new Row(at, new Failed(failing, row.getInt("attempts")));
  }

  @Override
  public void create(Map<Place, Position> first) throws SQLException {
    for (Map.Entry<Place, Position> one : first.entrySet()) {
      try {
        insert(one.getKey(), one.getValue());
      } catch (SQLException e) {
        session.rollback();
        if (!isThere(one.getKey())) {
          throw e;
        } // another has inserted it at this moment
      }
      session.commit();
    }
  }

  private void insert(Place place, Position at) throws SQLException {
    try (PreparedStatement insert = session.jdbc().prepareStatement(sql(INSERT))) {
      insert.setString(1, JdbcMarker.cut(place.namespace()));
      insert.setString(2, JdbcMarker.cut(place.delivery()));
      insert.setString(3, place.slot());
      insert.setString(4, JdbcMarker.random());
      insert.setLong(5, at.offset());
      insert.setString(6, place.topic());
      insert.setString(7, place.group());
      insert.setInt(8, at.epoch());
      insert.setString(9, place.slot());
      insert.executeUpdate();
    }
  }

  private boolean isThere(Place place) throws SQLException {
    try (PreparedStatement read = session.jdbc().prepareStatement(sql(READ))) {
      read.setString(1, place.slot());
      try (ResultSet row = read.executeQuery()) {
        return row.next();
      }
    }
  }

  @Override
  public Map<String, Row> known(String namespace, String topic, String group) throws SQLException {
    Map<String, Row> known = new TreeMap<>();
    try (PreparedStatement select = session.jdbc().prepareStatement(sql(KNOWN))) {
      bind(select, namespace, topic, group);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          known.put(row.getString("slot"), row(row));
        }
      }
    }
    session.commit();
    return known;
  }

  private static void bind(PreparedStatement to, String namespace, String topic, String group)
      throws SQLException {
    to.setString(1, JdbcMarker.cut(namespace));
    to.setString(2, topic);
    to.setString(3, group);
  }

  @Override
  public void announce(List<Move> moves) {
    announced = moves.size() <= MOST_IN_A_SCRIPT ? List.copyOf(moves) : List.of();
    carried = null;
  }

  /** Moves what is announced, behind the statements of a script. */
  Tail tail() {
    List<Move> next = announced;
    if (next.isEmpty() || carried != null) {
      return Tail.NONE;
    }
    return new Tail() {

      @Override
      public List<String> commands() {
        return Collections.nCopies(next.size(), moveSql);
      }

      @Override
      public int bind(PreparedStatement to, int placeholder) throws SQLException {
        int free = placeholder;
        for (Move one : next) {
          free = JdbcPositions.bind(to, free, one);
        }
        return free;
      }

      @Override
      public void done(List<Integer> counts) {
        carried = counts.stream().allMatch(count -> count == 1);
      }
    };
  }

  /** All of them in one round trip, with the end of the savepoint where that can be. */
  @Override
  public boolean move(List<Move> moves) throws SQLException, TransactionLeftException {
    Boolean isMoved = carried;
    boolean isAnnounced = moves.equals(announced);
    announced = List.of();
    carried = null;
    if (isMoved != null) {
      session.leaveSavepoint(); // of statements that came later
      return isMoved && isAnnounced;
    }
    try {
      if (session.mayLeaveInScript() && moves.size() <= MOST_IN_A_SCRIPT) {
        return moveInScript(moves);
      }
      session.leaveSavepoint();
      return moveInBatch(moves);
    } catch (SQLException e) {
      if (session.dialect().isConflict(e)) { // such as "could not serialize" where the row changed
        return false;
      }
      throw e;
    }
  }

  private boolean moveInScript(List<Move> moves) throws SQLException, TransactionLeftException {
    PreparedStatement script = scripts.get(moves.size());
    if (script == null) {
      List<String> parts = new ArrayList<>(Collections.nCopies(moves.size(), moveSql));
      parts.add(0, "RELEASE SAVEPOINT " + JdbcSession.SAVEPOINT);
      script = session.jdbc().prepareStatement(String.join("\n;\n", parts));
      scripts.put(moves.size(), script);
    }
    int placeholder = 1;
    for (Move one : moves) {
      placeholder = bind(script, placeholder, one);
    }
    try {
      script.execute();
    } catch (SQLException e) {
      session.requireSavepoint(e);
      throw e;
    }
    session.leftInScript();
    boolean areMine = true;
    for (int i = 0; i < moves.size(); i++) {
      script.getMoreResults();
      areMine &= script.getUpdateCount() == 1;
    }
    return areMine;
  }

  private boolean moveInBatch(List<Move> moves) throws SQLException {
    PreparedStatement update = move;
    if (update == null) {
      update = session.jdbc().prepareStatement(moveSql);
      move = update;
    }
    for (Move one : moves) {
      bind(update, 1, one);
      update.addBatch();
    }
    boolean areMine = true;
    for (int count : update.executeBatch()) {
      areMine &= count == 1;
    }
    return areMine;
  }

  /** Binds a move from a placeholder on; returns the next free one. */
  private static int bind(PreparedStatement to, int placeholder, Move move) throws SQLException {
    to.setLong(placeholder, move.to().offset());
    to.setInt(placeholder + 1, move.to().epoch());
    to.setLong(placeholder + 2, move.to().offset());
    to.setLong(placeholder + 3, move.to().offset());
    bindHeld(to, placeholder + 4, move.held());
    return placeholder + 8;
  }

  private static void bindHeld(PreparedStatement to, int placeholder, Held held)
      throws SQLException {
    to.setString(placeholder, held.slot());
    to.setLong(placeholder + 1, held.term());
    to.setString(placeholder + 2, held.token());
    to.setLong(placeholder + 3, held.row().at().offset());
  }

  @Override
  public boolean fail(Held held, Failed failed) throws SQLException {
    boolean isMine;
    try (PreparedStatement update = session.jdbc().prepareStatement(sql(FAIL))) {
      update.setLong(1, failed.offset());
      update.setInt(2, failed.attempts());
      bindHeld(update, 3, held);
      isMine = update.executeUpdate() == 1;
    }
    session.commit();
    return isMine;
  }

  @Override
  public void set(Map<Place, Position> positions) throws SQLException {
    create(positions);
    for (Map.Entry<Place, Position> one : positions.entrySet()) {
      try (PreparedStatement update = session.jdbc().prepareStatement(sql(SET))) {
        update.setLong(1, one.getValue().offset());
        update.setInt(2, one.getValue().epoch());
        update.setString(3, one.getKey().slot());
        update.setString(4, one.getKey().group());
        update.executeUpdate();
      }
    }
    session.commit();
  }

  @Override
  public void remove(String namespace, String topic, String group) throws SQLException {
    try (PreparedStatement remove = session.jdbc().prepareStatement(sql(REMOVE))) {
      bind(remove, namespace, topic, group);
      remove.executeUpdate();
    }
    session.commit();
  }

  private String sql(String template) {
    return template.formatted(session.settings().qualified(JdbcMarker.NAME));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = session.jdbc().createStatement()) {
      statement.execute(sql);
    }
  }
}
