package io.handfast.log;

import io.handfast.node.DurableFile;
import io.netty.buffer.ByteBuf;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.List;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.core.io.IOCallback;
import org.apache.activemq.artemis.core.io.buffer.TimedBufferObserver;
import org.apache.activemq.artemis.core.io.nio.NIOSequentialFile;
import org.jspecify.annotations.Nullable;

/**
 * A file of the journal that confirms a record only when it is on disk.
 *
 * <p>Artemis's own file (2.53.0, read in its source) confirms records that are not there: {@code
 * NIOSequentialFile.internalWrite} tells a listener about a failed write and returns, does not
 * repeat a short write, and when the channel was closed by an interrupt both the write and {@code
 * sync()} say nothing; the callbacks are then told that they are done. It does not force the
 * directory after a file got its name either, without which a power failure may leave the file's
 * temporary name, which the journal deletes at its next start. All four are put right here.
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

  private void forceOrFail() {
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

  @Override
  protected TimedBufferObserver createTimedBufferObserver() {
    return new CheckedGroups();
  }

  /** Writes and confirms groups of records. */
  private final class CheckedGroups extends LocalBufferObserver {

    /** The journal forces outside its lock, so that the next group gathers meanwhile. */
    @Override
    public boolean supportSync() {
      return true;
    }

    /** Called under the journal's lock; the force and the callbacks are {@link #checkSync}'s. */
    @Override
    public void flushBuffer(ByteBuf bytes, boolean sync, @Nullable List<IOCallback> callbacks) {
      try {
        writeFully(bytes.nioBuffer());
      } catch (IOException | RuntimeException e) {
        files.failed(e);
      }
    }

    @Override
    public void checkSync(boolean isForced, List<IOCallback> callbacks) {
      if (isForced) {
        forceOrFail();
      }
      Throwable failure = files.failure();
      for (IOCallback callback : callbacks) {
        if (failure == null) {
          callback.done();
        } else {
          callback.onError(ActiveMQExceptionType.IO_ERROR.getCode(), failure.toString());
        }
      }
    }
  }
}
