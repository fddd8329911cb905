package io.handfast.kafka;

import io.handfast.message.HeaderId;
import io.handfast.message.Message.Place;
import io.handfast.message.MessageBody;
import io.handfast.message.PartitionMessage;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.message.Source;
import io.handfast.message.Source.Format;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Reads Kafka's records. */
final class RecordReader {

  private RecordReader() {}

  /** A record as a message of the partition that gives it, for a group. */
  static PartitionMessage read(
      ConsumerRecord<byte[], byte[]> record, Partition partition, int failures, Source.Group to) {
    String idHeader = to.idHeader();
    Format format = to.format();
    return new PartitionMessage(
        new Place(partition, new Position(record.offset(), epoch(record))),
        record.key() == null ? null : body(record.key(), format),
        record.value() == null ? MessageBody.NONE : body(record.value(), format),
        headers(record),
        record.timestamp(),
        failures,
        idHeader == null ? null : HeaderId.of(idHeader, values(record, idHeader)));
  }

  private static MessageBody body(byte[] bytes, Format format) {
    return format == Format.BYTES ? MessageBody.ofOctets(bytes) : MessageBody.ofBytes(bytes);
  }

  /** Where the message after a record is looked for. */
  static Position after(ConsumerRecord<byte[], byte[]> record) {
    return new Position(record.offset() + 1, epoch(record));
  }

  private static int epoch(ConsumerRecord<byte[], byte[]> record) {
    return record.leaderEpoch().orElse(-1);
  }

  /** A name may come more than once: the last value counts, as for Kafka's own clients. */
  private static Map<String, Object> headers(ConsumerRecord<byte[], byte[]> record) {
    Map<String, Object> headers = new LinkedHashMap<>();
    for (Header header : record.headers()) {
      Object value = value(header.value());
      if (value == null) {
        headers.remove(header.key());
      } else {
        headers.put(header.key(), value);
      }
    }
    return Collections.unmodifiableMap(headers);
  }

  private static List<Object> values(ConsumerRecord<byte[], byte[]> record, String name) {
    List<Object> values = new ArrayList<>();
    for (Header header : record.headers().headers(name)) {
      Object value = value(header.value());
      if (value != null) {
        values.add(value);
      }
    }
    return values;
  }

  private static @Nullable Object value(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    MessageBody read = MessageBody.ofBytes(bytes);
    return read.text() != null ? read.text() : read.binary();
  }

  /** What a record takes, in bytes. */
  static long sizeOf(ConsumerRecord<byte[], byte[]> record) {
    long size = (long) length(record.key()) + length(record.value());
    for (Header header : record.headers()) {
      size += header.key().length() + length(header.value());
    }
    return size;
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
