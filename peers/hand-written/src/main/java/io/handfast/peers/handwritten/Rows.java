package io.handfast.peers.handwritten;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Commits a row for one message, after which the caller acknowledges it. What fails in between
 * brings the message again: its row is written a second time, unless that is remembered.
 */
record Rows(DataSource database, boolean remembering) implements Handler {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Rows atLeastOnce(DataSource database) {
    return new Rows(database, false);
  }

  /** Remembers each message's JMSMessageID in the transaction of its row. */
  static Rows deduplicated(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS processed (message_id text PRIMARY KEY)");
      connection.commit();
    }
    return new Rows(database, true);
  }

  @Override
  public boolean handleNext(MessageConsumer consumer) throws Exception {
    Message message = consumer.receive(PATIENCE_MILLIS);
    if (message == null) {
      return false;
    }
    // Hikari rolls back what was not committed when the connection is closed.
    try (Connection connection = database.getConnection()) {
      if (!remembering || isNew(message.getJMSMessageID(), connection)) {
        insert(message.getBody(String.class), connection);
      }
      connection.commit();
    }
    return true;
  }

  private static boolean isNew(String id, Connection connection) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO processed (message_id) VALUES (?) ON CONFLICT DO NOTHING")) {
      insert.setString(1, id);
      return insert.executeUpdate() == 1;
    }
  }

  private static void insert(String body, Connection connection) throws Exception {
    JsonNode order = JSON.readTree(body);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO sink (id, body) VALUES (?, ?)")) {
      insert.setLong(1, order.required("id").asLong());
      insert.setString(2, order.required("body").asText());
      insert.executeUpdate();
    }
  }
}
