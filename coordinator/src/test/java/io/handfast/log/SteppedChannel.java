package io.handfast.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A file or a directory that is open, whose writes and forces are steps of its disk. */
final class SteppedChannel extends ForwardingChannel {

  private final WatchedDisk disk;
  private final Path path;
  private final Object key;

  SteppedChannel(WatchedDisk disk, Path path, FileChannel real) throws IOException {
    super(real);
    this.disk = disk;
    this.path = path;
    this.key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  /** What stays the same when the file gets another name. */
  Object key() {
    return key;
  }

  /** What the file was called when it was opened. */
  Path path() {
    return path;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int written = disk.write(this, bytes, real().position());
    real().position(real().position() + written);
    return written;
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    return disk.write(this, bytes, position);
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    disk.truncate(this, size);
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    disk.force(this);
  }
}
