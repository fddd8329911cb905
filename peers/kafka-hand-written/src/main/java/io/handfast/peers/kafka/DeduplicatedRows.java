package io.handfast.peers.kafka;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A row for each record whose id is new: topic, partition and offset, remembered in a table in the
 * transaction of the rows.
 */
final class DeduplicatedRows implements Rows {
  private static final String REMEMBER =
      "INSERT INTO processed (message_id) SELECT unnest(?::text[])"
          + " ON CONFLICT DO NOTHING RETURNING message_id";

  private DeduplicatedRows() {}

  static DeduplicatedRows in(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS processed (message_id text PRIMARY KEY)");
      connection.commit();
    }
    return new DeduplicatedRows();
  }

  @Override
  public void write(Iterable<ConsumerRecord<String, String>> records, Connection connection)
      throws Exception {
    List<String> ids = new ArrayList<>();
    records.forEach(record -> ids.add(id(record)));
    Set<String> isNew = remember(ids, connection);
    List<ConsumerRecord<String, String>> toInsert = new ArrayList<>();
    for (ConsumerRecord<String, String> record : records) {
      if (isNew.contains(id(record))) {
        toInsert.add(record);
      }
    }
    Rows.insert(toInsert, connection);
  }

  private static String id(ConsumerRecord<String, String> record) {
    return record.topic() + "-" + record.partition() + "-" + record.offset();
  }

  /** Returns those that were not known. */
  private static Set<String> remember(List<String> ids, Connection connection) throws SQLException {
    Array array = connection.createArrayOf("text", ids.toArray());
    Set<String> isNew = new HashSet<>();
    try (PreparedStatement insert = connection.prepareStatement(REMEMBER)) {
      insert.setArray(1, array);
      try (ResultSet rows = insert.executeQuery()) {
        while (rows.next()) {
          isNew.add(rows.getString(1));
        }
      }
    } finally {
      array.free();
    }
    return isNew;
  }
}
