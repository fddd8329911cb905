package io.handfast.coordination;

import java.util.Optional;

/** The client that calls in this thread. */
@FunctionalInterface
public interface Caller {

  /** The caller's name; empty outside a call, and without authentication. */
  Optional<String> name();
}
