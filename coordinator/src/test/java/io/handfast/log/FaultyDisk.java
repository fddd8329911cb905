package io.handfast.log;

import io.handfast.event.Events;
import java.io.File;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.activemq.artemis.core.io.SequentialFile;

/** A disk that misbehaves on demand, and counts what it is asked to force. */
public final class FaultyDisk implements Function<Path, CheckedFiles> {

  private final AtomicInteger forces = new AtomicInteger();
  private volatile boolean isBroken;
  private volatile boolean isFull;
  private volatile boolean closesChannels;
  private volatile CountDownLatch slow = new CountDownLatch(0);

  /** Opens a log of node n1 on this disk. */
  public JournalDecisionLog open(Path directory) {
    return JournalDecisionLog.open(
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
  public CheckedFiles apply(Path directory) {
    return new CheckedFiles(directory) {
      @Override
      public SequentialFile createSequentialFile(String name) {
        return new FaultyFile(this, journalDir, name);
      }
    };
  }

  private final class FaultyFile extends CheckedFile {

    FaultyFile(CheckedFiles files, File directory, String name) {
      super(files, directory, name);
    }

    @Override
    public void fill(int size) throws IOException {
      if (isFull) {
        throw new IOException("No space left on device");
      }
      super.fill(size);
    }

    @Override
    protected void syncChannel(FileChannel open) throws IOException {
      forces.incrementAndGet();
      awaitSlowDisk();
      if (isBroken) {
        throw new IOException("Input/output error");
      }
      if (closesChannels) {
        closesChannels = false;
        open.close();
        throw new ClosedByInterruptException();
      }
      super.syncChannel(open);
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
