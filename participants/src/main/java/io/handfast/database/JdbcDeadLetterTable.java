package io.handfast.database;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handfast.message.MessageBody;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Dead letters in a table of the database. */
final class JdbcDeadLetterTable implements DeadLetterTable {

  private static final String NAME = "handfast_dead_letter";

  private static final String COLUMNS =
      "(letter VARCHAR(16) NOT NULL PRIMARY KEY, delivery VARCHAR(64) NOT NULL,"
          + " slot VARCHAR(128) NOT NULL, position BIGINT NOT NULL,"
          + " message_id VARCHAR(512) NOT NULL, key_text TEXT, key_bytes BYTEA, body_text TEXT,"
          + " body_bytes BYTEA, headers TEXT NOT NULL, failures INTEGER NOT NULL,"
          + " cause TEXT NOT NULL, failed_at TIMESTAMP WITH TIME ZONE NOT NULL)";

  private static final String ALL =
      "letter, delivery, slot, position, message_id, key_text, key_bytes, body_text, body_bytes,"
          + " headers, failures, cause, failed_at";

  private static final String INSERT =
      "INSERT INTO %s(" + ALL + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final String LIST =
      "SELECT "
          + ALL
          + " FROM %s WHERE delivery = ? ORDER BY failed_at, slot, position"
          + " FETCH FIRST %d ROWS ONLY";

  private static final String FIND = "SELECT " + ALL + " FROM %s WHERE delivery = ? AND letter = ?";

  private static final String REMOVE_OLD =
      "DELETE FROM %1$s WHERE letter IN (SELECT letter FROM %1$s"
          + " WHERE delivery = ? AND failed_at < ? FETCH FIRST %2$d ROWS ONLY)";

  /** A replay writes the digits of a number that the message had. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /** The one member of what stands for bytes among headers: no header is an object. */
  private static final String BYTES = "bytes";

  private static final TypeReference<Map<String, Object>> HEADERS = new TypeReference<>() {};
  private static final int KEY = 6;
  private static final int BODY = 8;

  private final JdbcSession session;

  JdbcDeadLetterTable(JdbcSession session) {
    this.session = session;
  }

  /**
   * Creates the table where it is not there yet, and sees that it can be used.
   *
   * @throws SQLException it cannot, by {@link Dialect#isForbidden} also for lack of a right
   */
  static void create(JdbcDatabase database) throws SQLException {
    String table = database.settings().qualified(NAME);
    JdbcTables.create(
        database,
        table,
        COLUMNS,
        "SELECT " + ALL + " FROM " + table + " WHERE 1 = 0",
        "DELETE FROM " + table + " WHERE 1 = 0",
        "INSERT INTO "
            + table
            + "(letter, delivery, slot, position, message_id, headers, failures, cause, failed_at)"
            + " SELECT 'x', 'x', 'x', 0, 'x', 'x', 0, 'x', CURRENT_TIMESTAMP WHERE 1 = 0");
  }

  @Override
  public void add(Letter letter) throws SQLException {
    try (PreparedStatement insert = session.jdbc().prepareStatement(sql(INSERT))) {
      insert.setString(1, JdbcMarker.random());
      insert.setString(2, JdbcMarker.cut(letter.delivery()));
      insert.setString(3, letter.origin().slot());
      insert.setLong(4, letter.origin().offset());
      insert.setString(5, letter.origin().messageId());
      bind(insert, KEY, letter.key() == null ? MessageBody.NONE : letter.key());
      bind(insert, BODY, letter.body());
      insert.setString(10, json(letter.headers()));
      insert.setInt(11, letter.failure().failures());
      insert.setString(12, letter.failure().cause().replace('\0', ' '));
      insert.setObject(13, letter.failure().at().atOffset(ZoneOffset.UTC));
      insert.executeUpdate();
    }
  }

  private static String json(Map<String, Object> headers) {
    Map<String, Object> written = new LinkedHashMap<>(headers);
    written.replaceAll((name, value) -> value instanceof byte[] ? Map.of(BYTES, value) : value);
    try {
      return JSON.writeValueAsString(written);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("headers that are no JSON", e);
    }
  }

  /** As text, but for one that a text column does not take everywhere. */
  private static void bind(PreparedStatement to, int placeholder, MessageBody body)
      throws SQLException {
    String text = body.text();
    boolean isText = text != null && text.indexOf('\0') < 0;
    byte[] bytes = text == null || isText ? body.binary() : text.getBytes(StandardCharsets.UTF_8);
    to.setString(placeholder, isText ? text : null);
    if (bytes == null) {
      to.setNull(placeholder + 1, Types.VARBINARY);
    } else {
      to.setBytes(placeholder + 1, bytes);
    }
  }

  @Override
  public List<Stored> list(String delivery, int max) throws SQLException {
    if (!JdbcTables.has(session, NAME)) {
      return List.of();
    }
    String sql = LIST.formatted(session.settings().qualified(NAME), max);
    try (PreparedStatement select = session.jdbc().prepareStatement(sql)) {
      select.setString(1, JdbcMarker.cut(delivery));
      return letters(select);
    }
  }

  @Override
  public Optional<Stored> find(String delivery, String number) throws SQLException {
    if (!JdbcTables.has(session, NAME)) {
      return Optional.empty();
    }
    try (PreparedStatement select = session.jdbc().prepareStatement(sql(FIND))) {
      select.setString(1, JdbcMarker.cut(delivery));
      select.setString(2, number);
      return letters(select).stream().findFirst();
    }
  }

  private static List<Stored> letters(PreparedStatement select) throws SQLException {
    List<Stored> letters = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        letters.add(letter(row));
      }
    }
    return letters;
  }

  private static Stored letter(ResultSet row) throws SQLException {
    MessageBody key = body(row, KEY);
    Letter letter =
        new Letter(
            row.getString("delivery"),
            new Origin(row.getString("slot"), row.getLong("position"), row.getString("message_id")),
            key.equals(MessageBody.NONE) ? null : key,
            body(row, BODY),
            headers(row.getString("headers")),
            new Failure(
                row.getInt("failures"),
                row.getString("cause"),
                row.getObject("failed_at", OffsetDateTime.class).toInstant()));
    return new Stored(row.getString("letter"), letter);
  }

  private static MessageBody body(ResultSet row, int column) throws SQLException {
    String text = row.getString(column);
    byte @Nullable [] bytes = row.getBytes(column + 1);
    if (text != null) {
      return MessageBody.ofText(text);
    }
    return bytes == null ? MessageBody.NONE : MessageBody.ofBytes(bytes);
  }

  private static Map<String, Object> headers(String json) throws SQLException {
    try {
      Map<String, Object> headers = JSON.readValue(json, HEADERS);
      headers.replaceAll((name, value) -> value instanceof Map<?, ?> held ? bytes(held) : value);
      return headers;
    } catch (JsonProcessingException e) {
      throw new SQLException("the headers of a dead letter are no JSON: " + json, e);
    }
  }

  private static byte[] bytes(Map<?, ?> held) {
    return Base64.getDecoder().decode(String.valueOf(held.get(BYTES)));
  }

  @Override
  public long count(String delivery) throws SQLException {
    if (!JdbcTables.has(session, NAME)) {
      return 0;
    }
    try (PreparedStatement select =
        session.jdbc().prepareStatement(sql("SELECT COUNT(*) FROM %s WHERE delivery = ?"))) {
      select.setString(1, JdbcMarker.cut(delivery));
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  @Override
  public boolean remove(String number) throws SQLException {
    try (PreparedStatement delete =
        session.jdbc().prepareStatement(sql("DELETE FROM %s WHERE letter = ?"))) {
      delete.setString(1, number);
      return delete.executeUpdate() == 1;
    }
  }

  @Override
  public int removeBefore(String delivery, Instant time, int max) throws SQLException {
    if (!JdbcTables.has(session, NAME)) {
      return 0;
    }
    String sql = REMOVE_OLD.formatted(session.settings().qualified(NAME), max);
    try (PreparedStatement delete = session.jdbc().prepareStatement(sql)) {
      delete.setString(1, JdbcMarker.cut(delivery));
      delete.setObject(2, time.atOffset(ZoneOffset.UTC));
      return delete.executeUpdate();
    }
  }

  private String sql(String template) {
    return template.formatted(session.settings().qualified(NAME));
  }
}
