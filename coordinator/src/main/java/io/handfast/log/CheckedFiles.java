package io.handfast.log;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.core.io.SequentialFile;
import org.apache.activemq.artemis.core.io.nio.NIOSequentialFileFactory;
import org.jspecify.annotations.Nullable;

/**
 * The files of one generation, and the first thing that went wrong with any of them.
 *
 * <p>A failure is for ever. After a failed force Linux may drop the pages and report the next force
 * as a success (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020),
 * so nothing that is written afterwards can be believed; {@link JournalDecisionLog#learnUnknown()}
 * begins new files.
 */
class CheckedFiles extends NIOSequentialFileFactory {

  /** No record is longer. */
  private static final int BUFFER_BYTES = 512 * 1024;

  /** The journal's own way to gather records waits for a timer; {@link Generation} has another. */
  private static final boolean HAS_TIMED_BUFFER = false;

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile String trouble = "";
  private volatile @Nullable CheckedFile current;

  CheckedFiles(Path directory) {
    super(directory.toFile(), HAS_TIMED_BUFFER, BUFFER_BYTES, 0, 1, false, null, null);
  }

  @Override
  public SequentialFile createSequentialFile(String name) {
    return new CheckedFile(this, journalDir, name);
  }

  /** The journal says so of the file to which it appends from now on. */
  @Override
  public void activateBuffer(SequentialFile file) {
    current = (CheckedFile) file;
  }

  /**
   * Forces what was appended; the journal has forced the files before this one in closing them.
   * After a failure this does nothing, see {@link #failure()}.
   */
  @Override
  public void flush() {
    CheckedFile open = current;
    if (open != null && failure() == null) {
      open.forceOrFail();
    }
  }

  /**
   * The journal reports trouble before it runs into it, such as a next file that could not be made
   * while this one has room. It is the reason to give when something fails.
   */
  @Override
  public void onIOError(Throwable cause, String message, @Nullable String file) {
    trouble = " (" + cause.getMessage() + ")";
    super.onIOError(cause, message, file);
  }

  /** What the journal reported last, to be appended to a message. */
  String trouble() {
    return trouble;
  }

  void failed(Throwable cause) {
    failure.compareAndSet(null, cause);
  }

  /** What went wrong first; null while nothing did. */
  @Nullable Throwable failure() {
    return failure.get();
  }
}
