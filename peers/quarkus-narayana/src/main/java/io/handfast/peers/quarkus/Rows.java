package io.handfast.peers.quarkus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Writes the row of a message, in the caller's transaction. */
@ApplicationScoped
class Rows {
  private final DataSource database;
  private final ObjectMapper json;

  Rows(DataSource database, ObjectMapper json) {
    this.database = database;
    this.json = json;
  }

  void insert(Message message) throws JMSException, JsonProcessingException, SQLException {
    JsonNode order = json.readTree(message.getBody(String.class));
    try (Connection connection = database.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO sink (id, body) VALUES (?, ?)")) {
      insert.setLong(1, order.required("id").asLong());
      insert.setString(2, order.required("body").asText());
      insert.executeUpdate();
    }
  }
}
