package io.handfast.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A file or a directory that is open, whose writes and forces are steps of its disk. */
final class SteppedChannel extends FileChannel {

  private final SteppedDisk disk;
  private final FileChannel real;
  private final Path path;
  private final Object key;

  SteppedChannel(SteppedDisk disk, Path path, FileChannel real) throws IOException {
    this.disk = disk;
    this.real = real;
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

  FileChannel real() {
    return real;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int written = disk.write(this, bytes, real.position());
    real.position(real.position() + written);
    return written;
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    return disk.write(this, bytes, position);
  }

  @Override
  public void force(boolean metaData) throws IOException {
    disk.force(this);
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    return real.read(bytes);
  }

  @Override
  public int read(ByteBuffer bytes, long position) throws IOException {
    return real.read(bytes, position);
  }

  @Override
  public long position() throws IOException {
    return real.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    real.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return real.size();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return real.lock(position, size, shared);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return real.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close();
  }

  @Override
  public long read(ByteBuffer[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }
}
