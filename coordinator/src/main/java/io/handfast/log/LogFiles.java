package io.handfast.log;

import io.handfast.event.Events;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * What the generations of a log are written with.
 *
 * @param opener opens the files of a directory
 * @param events is told of each force
 */
record LogFiles(LogSizes sizes, Function<Path, CheckedFiles> opener, Events events) {}
