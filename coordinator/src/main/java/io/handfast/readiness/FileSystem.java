package io.handfast.readiness;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file system that a path lies on.
 *
 * @param type as the operating system calls it, such as {@code ext4} or {@code overlay}
 * @param usable bytes that this process may still write
 */
record FileSystem(String type, long usable) {

  /** Tells the disk of a path that exists. */
  interface Finder {
    FileSystem of(Path path) throws IOException;
  }

  static FileSystem of(Path path) throws IOException {
    FileStore store = Files.getFileStore(path);
    return new FileSystem(store.type(), store.getUsableSpace());
  }
}
