package io.handfast.log;

import java.nio.file.Path;

/** The decision log is damaged, and not only by a crash; an operator must decide. */
final class DamagedLogException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  DamagedLogException(Path file, String problem) {
    super(
        "the decision log is damaged: %s %s; bring back handfast.data-directory from a copy that is newer than every prepared branch of this node, or look which branches are prepared in the broker and the databases, resolve them by hand, and only then move the log away"
            .formatted(file, problem));
  }
}
