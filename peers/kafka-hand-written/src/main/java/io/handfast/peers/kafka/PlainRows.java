package io.handfast.peers.kafka;

import java.sql.Connection;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A row for each record: one that comes again after a crash is a second row. */
final class PlainRows implements Rows {

  @Override
  public void write(Iterable<ConsumerRecord<String, String>> records, Connection connection)
      throws Exception {
    Rows.insert(records, connection);
  }
}
