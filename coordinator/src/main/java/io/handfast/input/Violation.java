package io.handfast.input;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with an input.
 *
 * @param field where, as a path such as {@code sink.statements[0]}
 * @param value what was given, shortened; null where nothing was
 * @param rule what would have been right
 */
public record Violation(String field, @Nullable String value, String rule) {

  private static final int LONGEST = 200;
  private static final int LONGEST_RULE = 500;

  /** Shortens what is long: an answer shall not be as large as what it refuses. */
  public Violation {
    field = Excerpt.of(field, LONGEST);
    value = value == null ? null : Excerpt.of(value, LONGEST);
    rule = Excerpt.of(rule, LONGEST_RULE);
  }

  /** Many violations in one sentence, for people. */
  public static String describe(List<Violation> violations) {
    return violations.stream()
        .map(violation -> violation.field() + ": " + violation.rule())
        .collect(Collectors.joining("; "));
  }
}
