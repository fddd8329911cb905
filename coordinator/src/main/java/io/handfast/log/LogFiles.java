package io.handfast.log;

import io.handfast.event.Events;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How the files of the log are opened and observed, and their sizes.
 *
 * @param opener creates their files
 * @param events is told of each force
 */
record LogFiles(LogSizes sizes, Opener opener, Events events) {

  /** Creates files that are not there yet. */
  @FunctionalInterface
  interface Opener {

    /** Creates them in the file system of their path. */
    Opener DEFAULT =
        file -> FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    FileChannel create(Path file) throws IOException;
  }
}
