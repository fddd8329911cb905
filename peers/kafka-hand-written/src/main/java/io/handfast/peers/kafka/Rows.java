package io.handfast.peers.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is done with the records of a poll, in a transaction that the caller commits. */
interface Rows {
  ObjectMapper JSON = new ObjectMapper();

  void write(Iterable<ConsumerRecord<String, String>> records, Connection connection)
      throws Exception;

  /** Inserts the row of each record, in a JDBC batch. */
  static void insert(Iterable<ConsumerRecord<String, String>> records, Connection connection)
      throws Exception {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO sink (id, body) VALUES (?, ?)")) {
      for (ConsumerRecord<String, String> record : records) {
        add(record.value(), insert);
      }
      insert.executeBatch();
    }
  }

  private static void add(String body, PreparedStatement insert) throws Exception {
    JsonNode order = JSON.readTree(body);
    insert.setLong(1, order.required("id").asLong());
    insert.setString(2, order.required("body").asText());
    insert.addBatch();
  }
}
