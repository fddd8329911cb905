package io.handfast.it.harness;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a test adds to a coordinator's process, which is the built runner as it stands: an agent, an
 * interposed library.
 *
 * @param javaOptions of the Java virtual machine; a test that needs any but those of {@link
 *     #QUICK_START} is left out where the runner is a native executable
 */
public record Tampering(List<String> javaOptions, Map<String, String> environment) {
  /** The runner as its users start it. */
  public static final Tampering NONE = new Tampering(List.of(), Map.of());

  /** A start that costs half of the processor's time, for tests that need many. */
  public static final Tampering QUICK_START =
      new Tampering(List.of("-XX:TieredStopAtLevel=1"), Map.of());

  /** Whether the process would do something else without the Java options, and not only later. */
  boolean needsJava() {
    return !QUICK_START.javaOptions.containsAll(javaOptions);
  }

  /** Both. */
  public Tampering and(Tampering other) {
    Map<String, String> both = new HashMap<>(environment);
    both.putAll(other.environment);
    return new Tampering(
        Stream.concat(javaOptions.stream(), other.javaOptions.stream()).toList(), both);
  }
}
