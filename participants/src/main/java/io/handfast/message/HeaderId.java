package io.handfast.message;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a header says that tells a message from others: its sender's id, or why there is none.
 *
 * <p>The header's name is part of the id: where another header is chosen later, an equal value is
 * no second copy.
 *
 * @param id null where there is none
 * @param problem null where there is an id
 */
public record HeaderId(@Nullable String id, @Nullable String problem) {

  private static final int LONGEST = 512;

  /**
   * Reads the values that a message has under the header's name: texts, or bytes that are no text.
   * A value that comes more than once is one value.
   */
  public static HeaderId of(String header, List<?> values) {
    Set<Object> different = new HashSet<>(values);
    if (different.isEmpty()) {
      return problem("it has no header '%s'", header);
    }
    if (!different.stream().allMatch(String.class::isInstance)) {
      return problem("its header '%s' is binary, and no text in UTF-8", header);
    }
    if (different.size() > 1) {
      return problem("its header '%s' comes with different values", header);
    }
    String text = String.valueOf(values.get(0));
    if (text.isBlank()) {
      return problem("its header '%s' is blank", header);
    }
    if (text.length() > LONGEST) {
      return problem("its header '%s' has more than " + LONGEST + " characters", header);
    }
    return new HeaderId(StableId.of(header + "=" + text), null);
  }

  private static HeaderId problem(String what, String header) {
    String why = what.formatted(header);
    return new HeaderId(null, why + ", by which idempotency tells messages apart");
  }
}
