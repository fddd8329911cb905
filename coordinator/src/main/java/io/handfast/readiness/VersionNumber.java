package io.handfast.readiness;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version as major, minor and patch, which can be ordered.
 *
 * @param patch 0 where there is none
 */
record VersionNumber(int major, int minor, int patch) implements Comparable<VersionNumber> {

  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,9})\\.(\\d{1,9})(?:\\.(\\d{1,9}))?.*");

  /** Reads {@code 2.56.0} and the like; empty where it is something else. */
  static Optional<VersionNumber> of(String text) {
    Matcher numbers = TEXT.matcher(text);
    if (!numbers.matches()) {
      return Optional.empty();
    }
    int patch = numbers.group(3) == null ? 0 : Integer.parseInt(numbers.group(3));
    return Optional.of(
        new VersionNumber(
            Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)), patch));
  }

  @Override
  public int compareTo(VersionNumber other) {
    return Comparator.comparingInt(VersionNumber::major)
        .thenComparingInt(VersionNumber::minor)
        .thenComparingInt(VersionNumber::patch)
        .compare(this, other);
  }

  /** Whether a text names a release that is older than this one; not where it names none. */
  boolean isNewerThan(String text) {
    return of(text).filter(release -> release.compareTo(this) < 0).isPresent();
  }
}
