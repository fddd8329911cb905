package io.handfast.peers.spring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jms.annotation.JmsListener;
import org.springframework.stereotype.Component;

/** Writes the row of each message, in the transaction in which it was received. */
@Component
class Rows {
  private final JdbcTemplate database;
  private final ObjectMapper json = new ObjectMapper();

  Rows(JdbcTemplate database) {
    this.database = database;
  }

  @JmsListener(destination = "${peer.queue}")
  void insert(String message) throws JsonProcessingException {
    JsonNode order = json.readTree(message);
    database.update(
        "INSERT INTO sink (id, body) VALUES (?, ?)",
        order.required("id").asLong(),
        order.required("body").asText());
  }
}
