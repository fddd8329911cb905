package io.handfast.log;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/** A file of the journal, whose changes are steps of its disk. */
final class SteppedFile extends CheckedFile {

  private final SteppedDisk disk;

  SteppedFile(SteppedDisk disk, CheckedFiles files, File directory, String name) {
    super(files, directory, name);
    this.disk = disk;
    this.file = new Named(disk, file);
  }

  @Override
  public void open(int maxIo, boolean useExecutor) throws IOException {
    file = new Named(disk, file); // renaming has put a plain one in its place
    Path path = Path.of(file.getPath());
    disk.createIfMissing(path);
    try {
      super.open(maxIo, useExecutor);
    } finally {
      if (channel != null && !(channel instanceof SteppedChannel)) {
        channel = new SteppedChannel(disk, path, channel);
      }
    }
  }

  /** The name of a file, which the journal renames and the log forces by it. */
  private static final class Named extends File {

    private static final long serialVersionUID = 1L;

    private final transient SteppedDisk disk;

    Named(SteppedDisk disk, File file) {
      super(file.getPath());
      this.disk = disk;
    }

    @Override
    public boolean renameTo(File target) {
      try {
        disk.move(Path.of(getPath()), Path.of(target.getPath()));
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public Path toPath() {
      return disk.path(Path.of(getPath()));
    }
  }
}
