package io.handfast.log;

import io.handfast.log.LogRecord.Closed;
import io.handfast.log.LogRecord.Decided;
import io.handfast.log.LogRecord.Ended;
import io.handfast.log.LogRecord.Forgotten;
import io.handfast.log.LogRecord.Header;
import io.handfast.log.LogRecord.Joined;
import io.handfast.log.LogRecord.Left;
import io.handfast.log.LogRecord.Named;
import io.handfast.node.NodeIdentity;
import io.handfast.transaction.TransactionId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Encodes and decodes records of the log.
 *
 * <pre>
 * int  format      the same place in every format, present and future
 * int  checksum    CRC32C of everything but itself
 * long sequence    1 for a generation's header, then without a hole
 * long durable     everything up to this sequence was forced when the record was written
 * byte kind, then its content
 * </pre>
 */
final class RecordFormat {

  /** The present format. */
  static final int FORMAT = 5;

  /** The first that has the identities of participants in decisions. */
  private static final int IDENTIFIED = 4;

  /** The oldest that is read here; the two before it were never released. */
  static final int OLDEST = 3;

  /** Before the content: format, checksum, sequence, durable. */
  static final int PREFIX_BYTES = 2 * Integer.BYTES + 2 * Long.BYTES;

  private static final int CHECKSUM_AT = Integer.BYTES;
  private static final int CHECKED_FROM = 2 * Integer.BYTES;
  private static final byte HEADER = 1;
  private static final byte DECIDED = 2;
  private static final byte ENDED = 3;
  private static final byte CLOSED = 4;
  private static final byte NAMED = 5;
  private static final byte JOINED = 6;
  private static final byte LEFT = 7;
  private static final byte FORGOTTEN = 8;

  /** A record in its place. */
  record Placed(long sequence, long durable, LogRecord record) {}

  /** Bytes that are no record of a format that is known here. */
  static final class UnreadableRecordException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean newer;

    UnreadableRecordException(String message, boolean newer) {
      super(message);
      this.newer = newer;
    }

    /** Whether the record is whole, and a later Handfast could read it. */
    boolean isNewer() {
      return newer;
    }
  }

  private RecordFormat() {}

  /** Whether a format is read here. */
  static boolean isKnown(int format) {
    return format >= OLDEST && format <= FORMAT;
  }

  static byte[] encode(Placed placed) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(FORMAT);
      out.writeInt(0);
      out.writeLong(placed.sequence());
      out.writeLong(placed.durable());
      write(placed.record(), out);
    } catch (IOException e) {
      throw new UncheckedIOException("a record that cannot be written: " + placed, e);
    }
    byte[] record = bytes.toByteArray();
    ByteBuffer.wrap(record).putInt(CHECKSUM_AT, checksum(record));
    return record;
  }

  private static void write(LogRecord record, DataOutputStream out) throws IOException {
    if (record instanceof Header header) {
      out.writeByte(HEADER);
      out.writeUTF(header.identity().node());
      out.writeUTF(header.identity().log());
      out.writeLong(header.identity().incarnation());
      out.writeInt(header.records());
      out.writeInt(header.identity().earlier().size());
      for (long incarnation : header.identity().earlier()) {
        out.writeLong(incarnation);
      }
    } else if (record instanceof Decided decided) {
      out.writeByte(DECIDED);
      LoggedDecision decision = decided.decision();
      out.writeUTF(decision.id().toString());
      write(decision.decidedAt(), out);
      out.writeShort(decision.participants().size());
      for (Map.Entry<String, String> participant : decision.participants().entrySet()) {
        out.writeUTF(participant.getKey());
        out.writeUTF(participant.getValue());
      }
    } else if (record instanceof Ended ended) {
      out.writeByte(ENDED);
      out.writeUTF(ended.id().toString());
    } else if (record instanceof Closed) {
      out.writeByte(CLOSED);
    } else {
      writeForClients(record, out);
    }
  }

  private static void writeForClients(LogRecord record, DataOutputStream out) throws IOException {
    if (record instanceof Named named) {
      out.writeByte(NAMED);
      out.writeUTF(named.name());
      out.writeUTF(named.id().toString());
      write(named.at(), out);
    } else if (record instanceof Joined joined) {
      out.writeByte(JOINED);
      out.writeUTF(joined.branch().transaction().toString());
      out.writeUTF(joined.branch().participant());
      out.writeUTF(joined.branch().name());
      out.writeUTF(joined.branch().url().toString());
      out.writeUTF(joined.branch().clientsId());
    } else if (record instanceof Left left) {
      out.writeByte(LEFT);
      out.writeUTF(left.id().toString());
      out.writeUTF(left.participant());
    } else if (record instanceof Forgotten forgotten) {
      out.writeByte(FORGOTTEN);
      out.writeUTF(forgotten.id().toString());
    }
  }

  private static void write(Instant instant, DataOutputStream out) throws IOException {
    out.writeLong(instant.getEpochSecond());
    out.writeInt(instant.getNano());
  }

  private static Instant readInstant(DataInputStream in) throws IOException {
    return Instant.ofEpochSecond(in.readLong(), in.readInt());
  }

  static Placed decode(byte[] record) throws UnreadableRecordException {
    if (record.length <= CHECKED_FROM) {
      throw new UnreadableRecordException("is too short", false);
    }
    ByteBuffer bytes = ByteBuffer.wrap(record);
    if (bytes.getInt(CHECKSUM_AT) != checksum(record)) {
      throw new UnreadableRecordException("does not match its checksum", false);
    }
    int format = bytes.getInt(0);
    if (!isKnown(format)) {
      throw new UnreadableRecordException("is of format " + format, format > FORMAT);
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(record))) {
      in.skipNBytes(CHECKED_FROM);
      return new Placed(in.readLong(), in.readLong(), read(in, format));
    } catch (IOException e) {
      throw new UnreadableRecordException("has content that is not of its format: " + e, false);
    }
  }

  private static LogRecord read(DataInputStream in, int format) throws IOException {
    byte kind = in.readByte();
    return switch (kind) {
      case HEADER -> readHeader(in);
      case DECIDED -> new Decided(readDecision(in, format));
      case ENDED -> new Ended(readId(in));
      case CLOSED -> new Closed();
      case NAMED -> new Named(in.readUTF(), readId(in), readInstant(in));
      case JOINED -> new Joined(readBranch(in));
      case LEFT -> new Left(readId(in), in.readUTF());
      case FORGOTTEN -> new Forgotten(readId(in));
      default -> throw new IOException("kind " + kind);
    };
  }

  private static Header readHeader(DataInputStream in) throws IOException {
    String node = in.readUTF();
    String log = in.readUTF();
    long incarnation = in.readLong();
    int records = in.readInt();
    List<Long> earlier = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      earlier.add(in.readLong());
    }
    return new Header(new NodeIdentity(node, log, incarnation, earlier), records);
  }

  private static LoggedDecision readDecision(DataInputStream in, int format) throws IOException {
    TransactionId id = readId(in);
    Instant decidedAt = readInstant(in);
    Map<String, String> participants = new LinkedHashMap<>();
    for (int left = in.readShort(); left > 0; left--) {
      participants.put(in.readUTF(), format < IDENTIFIED ? "" : in.readUTF());
    }
    return new LoggedDecision(id, participants, decidedAt);
  }

  private static RemoteBranch readBranch(DataInputStream in) throws IOException {
    TransactionId id = readId(in);
    String participant = in.readUTF();
    String name = in.readUTF();
    try {
      return new RemoteBranch(id, participant, name, new URI(in.readUTF()), in.readUTF());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static TransactionId readId(DataInputStream in) throws IOException {
    String text = in.readUTF();
    return TransactionId.parse(text).orElseThrow(() -> new IOException("transaction " + text));
  }

  private static int checksum(byte[] record) {
    CRC32C checksum = new CRC32C();
    checksum.update(record, 0, CHECKSUM_AT);
    checksum.update(record, CHECKED_FROM, record.length - CHECKED_FROM);
    return (int) checksum.getValue();
  }
}
