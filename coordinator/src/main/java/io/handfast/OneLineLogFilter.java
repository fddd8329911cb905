package io.handfast;

import io.handfast.node.OutOfMemory;
import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each log event on one line: line breaks in its values become spaces.
 *
 * <p>Values come from outside, such as causes of PostgreSQL with their details, or names that a
 * sender has chosen. A line break in one would look like an event of its own. Lines that an event's
 * own text has stay, and so do stack traces. Thread-safe.
 */
@LoggingFilter(name = "one-line")
public final class OneLineLogFilter implements Filter {

  private static final String OURS = "io.handfast";
  private static final Pattern LINE_BREAKS = Pattern.compile("(?<!\\s)\\s*\\R\\s*");

  /** Also where a library has caught and logged that the heap is used up, the process ends. */
  @Override
  public boolean isLoggable(LogRecord event) {
    OutOfMemory.endProcessIfCauseOf(event.getThrown());
    String logger = event.getLoggerName();
    Object[] values = event.getParameters();
    if (logger != null && logger.startsWith(OURS) && values != null) {
      Object[] joined = new Object[values.length];
      for (int i = 0; i < values.length; i++) {
        joined[i] = joined(values[i]);
      }
      event.setParameters(joined);
    }
    return true;
  }

  private static @Nullable Object joined(@Nullable Object value) {
    String text = String.valueOf(value);
    return text.indexOf('\n') < 0 && text.indexOf('\r') < 0
        ? value
        : LINE_BREAKS.matcher(text).replaceAll(" ");
  }
}
