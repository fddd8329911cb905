package io.handfast.log;

import io.handfast.node.DurableFile;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import org.apache.activemq.artemis.api.core.ActiveMQBuffers;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.core.io.IOCallback;
import org.apache.activemq.artemis.core.io.nio.NIOSequentialFile;
import org.apache.activemq.artemis.core.journal.EncodingSupport;

/**
 * A file of the journal that never hides that a record is not on disk.
 *
 * <p>Artemis's own file (2.53.0, read in its source) does: {@code NIOSequentialFile.internalWrite}
 * tells a listener about a failed write and returns, does not repeat a short write, and when the
 * channel was closed by an interrupt both the write and {@code sync()} say nothing; the callbacks
 * are then told that they are done. It does not force the directory after a file got its name
 * either, without which a power failure may leave the file's temporary name, which the journal
 * deletes at its next start. All four are put right here: whatever fails is told to {@link
 * CheckedFiles}, once and for all. Records are confirmed by {@link Generation} alone.
 */
class CheckedFile extends NIOSequentialFile {

  private static final String TEMPORARY = ".tmp";

  private final CheckedFiles files;
  private volatile boolean isForcedForGood;

  CheckedFile(CheckedFiles files, File directory, String name) {
    super(files, directory, name, 1);
    this.files = files;
  }

  @Override
  public void open(int maxIo, boolean useExecutor) throws IOException {
    super.open(maxIo, useExecutor);
    isForcedForGood = false;
    if (!getFileName().endsWith(TEMPORARY)) { // before its first record, then
      DurableFile.forceDirectoryOf(getFile().toPath());
    }
  }

  /** Writes a record; {@link CheckedFiles#flush()} forces it. */
  @Override
  public void write(EncodingSupport record, boolean sync, IOCallback callback) {
    try {
      ByteBuffer bytes = ByteBuffer.allocate(record.getEncodeSize());
      record.encode(ActiveMQBuffers.wrappedBuffer(bytes));
      writeFully(bytes.clear());
    } catch (IOException | RuntimeException e) {
      files.failed(e);
    }
  }

  /** The journal writes a file's header with it. */
  @Override
  public synchronized void writeDirect(ByteBuffer bytes, boolean sync) throws IOException {
    try {
      writeFully(bytes);
      if (sync) {
        syncChannel(openChannel());
      }
    } finally {
      files.releaseBuffer(bytes);
    }
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    FileChannel open = openChannel();
    position.addAndGet(bytes.remaining());
    while (bytes.hasRemaining()) {
      open.write(bytes);
    }
  }

  private FileChannel openChannel() throws ClosedChannelException {
    FileChannel open = channel;
    if (open == null) {
      throw new ClosedChannelException();
    }
    return open;
  }

  /** Forces before it closes: whoever finds the channel closed then may believe that it was. */
  @Override
  public synchronized void close(boolean waitSync, boolean blockOnPending)
      throws IOException, InterruptedException, ActiveMQException {
    if (waitSync && channel != null) {
      forceOrFail();
      isForcedForGood = files.failure() == null;
    }
    super.close(false, blockOnPending);
  }

  /** Forces the file, or has the whole generation fail. */
  void forceOrFail() {
    try {
      syncChannel(openChannel());
    } catch (ClosedChannelException e) {
      if (!isForcedForGood) { // by an interrupt
        files.failed(e);
      }
    } catch (IOException | RuntimeException e) {
      files.failed(e);
    }
  }
}
