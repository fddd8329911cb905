package io.handfast.api;

import io.handfast.input.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The preconditions of a request by RFC 9110, section 13: {@code If-Match} and {@code
 * If-None-Match}.
 *
 * <p>A malformed precondition is refused. A request that ignored it would change what its sender
 * wanted to protect.
 */
final class Preconditions {

  /** The name of the header of an entity tag. */
  static final String ENTITY_TAG = "ETag";

  private static final String IF_MATCH = "If-Match";
  private static final String IF_NONE_MATCH = "If-None-Match";

  private static final Pattern LIST =
      Pattern.compile("[ \t]*(?:(?<tag>(?:W/)?\"[\\x21\\x23-\\x7E\\x80-\\xFF]*\")[ \t]*)?(?:,|$)");

  /** The list that an asterisk stands for: any current representation. */
  private static final List<String> ANY = List.of("*");

  /** What the resource must be, or null where it may be anything. */
  private final @Nullable List<String> match;

  /** What the resource must not be, or null where it may be anything. */
  private final @Nullable List<String> noneMatch;

  private Preconditions(@Nullable List<String> match, @Nullable List<String> noneMatch) {
    this.match = match;
    this.noneMatch = noneMatch;
  }

  /** Reads the lines of both headers. */
  static Preconditions of(List<String> ifMatch, List<String> ifNoneMatch) {
    List<Violation> violations = new ArrayList<>();
    Preconditions read =
        new Preconditions(
            tags(IF_MATCH, ifMatch, violations), tags(IF_NONE_MATCH, ifNoneMatch, violations));
    if (!violations.isEmpty()) {
      throw ProblemException.invalidRequest(violations);
    }
    return read;
  }

  /**
   * Refuses the request where a precondition does not hold.
   *
   * @param tag the strong entity tag of the resource, or null where it does not exist
   */
  void require(@Nullable String tag) {
    if (match != null && !(tag != null && (match.equals(ANY) || match.contains(tag)))) {
      throw failed(
          tag == null
              ? "It does not exist, and If-Match asks for one that does."
              : "It has changed: its entity tag is " + tag + ".");
    }
    if (noneMatch != null && tag != null && (noneMatch.equals(ANY) || isWeaklyIn(noneMatch, tag))) {
      throw failed("It exists, and its entity tag is " + tag + ".");
    }
  }

  /** By the weak comparison, a weak tag stands for the strong one of the same text. */
  private static boolean isWeaklyIn(List<String> tags, String tag) {
    return tags.contains(tag) || tags.contains("W/" + tag);
  }

  private static ProblemException failed(String detail) {
    return new ProblemException(ProblemType.PRECONDITION_FAILED, detail + " Nothing was changed.");
  }

  private static @Nullable List<String> tags(
      String header, List<String> lines, List<Violation> into) {
    if (lines.isEmpty()) {
      return null;
    }
    String value = String.join(",", lines);
    if (value.strip().equals("*")) {
      return ANY;
    }
    List<String> tags = new ArrayList<>();
    Matcher next = LIST.matcher(value);
    int end = 0;
    while (end < value.length() && next.find(end) && next.start() == end) {
      if (next.group("tag") != null) {
        tags.add(next.group("tag"));
      }
      end = next.end();
    }
    if (end < value.length() || tags.isEmpty()) {
      into.add(new Violation(header, value, "*, or entity tags in quotes, separated by commas"));
    }
    return tags;
  }
}
