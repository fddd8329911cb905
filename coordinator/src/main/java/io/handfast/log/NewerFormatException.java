package io.handfast.log;

import java.nio.file.Path;

/** The log has a format of a later version of Handfast. */
final class NewerFormatException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  NewerFormatException(Path file) {
    super(
        "the decision log was written by a newer Handfast: %s is not of format %d or older; start that version, or point handfast.data-directory at a directory of its own once no branch of this node is prepared any more"
            .formatted(file, RecordFormat.FORMAT));
  }
}
