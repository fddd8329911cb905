package io.handfast.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.handfast.input.Excerpt;
import io.handfast.input.Violation;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as it leaves the service, by RFC 9457.
 *
 * @param retry {@code safe}, {@code later} or {@code never}
 * @param violations for bad input, everything that is wrong with it
 * @param owner the node that knows the transaction, where this one does not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Problem(
    URI type,
    String title,
    int status,
    String detail,
    @Nullable URI instance,
    String retry,
    @Nullable List<Violation> violations,
    @Nullable String owner) {

  /** The media type of a problem. */
  static final String MEDIA_TYPE = "application/problem+json";

  /** A detail may quote what was sent, and a database quotes whole statements. */
  private static final int LONGEST_DETAIL = 2_000;

  static Problem of(
      ProblemType type, String detail, @Nullable URI instance, List<Violation> violations) {
    return new Problem(
        type.type(),
        type.title(),
        type.status(),
        Excerpt.of(detail, LONGEST_DETAIL),
        instance,
        type.retry().wireName(),
        violations.isEmpty() ? null : violations,
        null);
  }

  Problem withOwner(String node) {
    return new Problem(type, title, status, detail, instance, retry, violations, node);
  }
}
