package io.handfast.log;

import io.handfast.event.Events;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk that misbehaves on demand, and counts what it is asked to force. */
public final class FaultyDisk implements LogFiles.Opener {

  private final AtomicInteger forces = new AtomicInteger();
  private volatile boolean isBroken;
  private volatile boolean isFull;
  private volatile boolean closesChannels;
  private volatile CountDownLatch slow = new CountDownLatch(0);

  /** Opens a log of node n1 on this disk. */
  public FileDecisionLog open(Path directory) {
    return FileDecisionLog.open(
        directory,
        "n1",
        Retention.NONE,
        LogFixture.CLOCK,
        new LogFiles(LogFixture.SMALL, this, Events.NONE));
  }

  /** Every force fails from now on. */
  public void breaks() {
    isBroken = true;
  }

  /** No new file can be filled from now on. */
  void isFull() {
    isFull = true;
  }

  /** The next force finds its channel closed, as an interrupt leaves it. */
  void closesChannels() {
    closesChannels = true;
  }

  /** Every force waits for the latch from now on. */
  void waitsFor(CountDownLatch latch) {
    slow = latch;
  }

  /** Works again. */
  public void recovers() {
    isBroken = false;
    isFull = false;
    closesChannels = false;
  }

  int forces() {
    return forces.get();
  }

  @Override
  public FileChannel create(Path file) throws IOException {
    return new FaultyChannel(LogFiles.Opener.DEFAULT.create(file));
  }

  private final class FaultyChannel extends ForwardingChannel {

    FaultyChannel(FileChannel real) {
      super(real);
    }

    /** A file that has its blocks can be written to on a full disk. */
    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
      if (isFull && position + bytes.remaining() > size()) {
        throw new IOException("No space left on device");
      }
      return super.write(bytes, position);
    }

    @Override
    public void force(boolean metaData) throws IOException {
      forces.incrementAndGet();
      awaitSlowDisk();
      if (isBroken) {
        throw new IOException("Input/output error");
      }
      if (closesChannels) {
        closesChannels = false;
        close();
        throw new ClosedByInterruptException();
      }
      super.force(metaData);
    }

    private void awaitSlowDisk() throws IOException {
      try {
        slow.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }
}
