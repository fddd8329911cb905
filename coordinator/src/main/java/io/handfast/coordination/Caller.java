package io.handfast.coordination;

import java.util.Optional;

/** Who is calling in this thread. */
@FunctionalInterface
public interface Caller {

  /** The caller's name; empty where nobody calls, or nobody need say who. */
  Optional<String> name();
}
