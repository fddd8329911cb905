package io.handfast.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The file of one generation: records are gathered, written together at its end, and forced.
 *
 * <pre>
 * long magic    "HANDFAST" in ASCII
 * int  format   of this layout and of the records
 * int  bytes that the file is lengthened by at a time
 * frames, each at a multiple of 8 bytes:
 *   int  length of the record; 0 where none was written yet
 *   the record, see {@link RecordFormat}; zeros up to the next frame
 * </pre>
 *
 * <p>Zeros are written ahead and forced with the file's length. A force then has data to write and
 * nothing else: on ext4 and XFS a force after a write that lengthens a file, or that is the first
 * one to a block, also writes the file system's own journal. And a file that is shorter was cut off
 * by something else than a crash. Used by one thread.
 */
final class Segment implements AutoCloseable {

  static final String NAME = "decisions.segment";

  static final long MAGIC =
      ByteBuffer.wrap("HANDFAST".getBytes(StandardCharsets.US_ASCII)).getLong();

  static final int HEADER_BYTES = 16;

  /** Frames begin at multiples of it, so that one behind a damaged frame is found. */
  static final int ALIGNMENT = 8;

  /** No record is longer: what says so is damaged. */
  static final int LONGEST_RECORD = 512 * 1024;

  private static final int GROUP_BYTES = 64 * 1024;
  private static final int ZEROS = 64 * 1024;

  private final FileChannel channel;
  private final int ahead;
  private ByteBuffer group = ByteBuffer.allocate(GROUP_BYTES);
  private long end;
  private long allocated;

  private Segment(FileChannel channel, int ahead) {
    this.channel = channel;
    this.ahead = ahead;
  }

  /**
   * Creates the file; its name is not forced yet.
   *
   * @param directory of the generation, which has no such file
   */
  static Segment create(Path directory, LogFiles files) throws IOException {
    FileChannel channel = files.opener().create(directory.resolve(NAME));
    Segment segment = new Segment(channel, files.sizes().ahead());
    boolean isComplete = false;
    try {
      segment.group.putLong(MAGIC).putInt(RecordFormat.FORMAT).putInt(segment.ahead);
      segment.write();
      isComplete = true;
      return segment;
    } finally {
      if (!isComplete) {
        channel.close();
      }
    }
  }

  /** Bytes of a frame with a record of so many bytes. */
  static int frame(int record) {
    return (Integer.BYTES + record + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Adds a record to those that the next {@link #write()} writes. */
  void add(byte[] record) throws IOException {
    if (record.length > LONGEST_RECORD) {
      throw new IOException("a record of %d bytes is too long".formatted(record.length));
    }
    int frame = frame(record.length);
    if (group.remaining() < frame) {
      group.flip();
      group = ByteBuffer.allocate(2 * Math.max(group.capacity(), frame)).put(group);
    }
    int next = group.position() + frame;
    group.putInt(record.length).put(record);
    while (group.position() < next) {
      group.put((byte) 0);
    }
  }

  /** Writes what was added; it is not forced. */
  void write() throws IOException {
    group.flip();
    allocate(end + group.remaining());
    end += write(group, end);
    group.clear();
  }

  /** Writes zeros ahead where the file is too short, and forces its length. */
  private void allocate(long needed) throws IOException {
    if (needed <= allocated) {
      return;
    }
    long to = (needed + ahead - 1) / ahead * ahead;
    ByteBuffer zeros = ByteBuffer.allocate(ZEROS);
    while (allocated < to) {
      zeros.clear().limit((int) Math.min(ZEROS, to - allocated));
      allocated += write(zeros, allocated);
    }
    channel.force(true);
  }

  private long write(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) { // a channel may write a part
      at += channel.write(bytes, at);
    }
    return at - position;
  }

  /** Forces what was written; returns when it is on disk. */
  void force() throws IOException {
    channel.force(false);
  }

  /** Where the next frame goes. */
  long end() {
    return end;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
