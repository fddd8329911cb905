package io.handfast.readiness;

import java.util.List;

/** One thing that must be right for the promises to hold. It opens nothing and changes nothing. */
interface Check {

  /** What must have been asked before a check can say anything. */
  enum Asks {
    /** Nobody: the configuration and this machine are enough. */
    NOBODY,
    DATABASES,
    BROKER
  }

  /** The name, in lower case with hyphens. */
  String name();

  Asks asks();

  /** Whether a person may take the risk upon himself; not where nothing could work then. */
  default boolean isAcceptable() {
    return true;
  }

  /** What is wrong; empty where all is well, or where there is nothing to look at. */
  List<Finding> findings(Known known);

  default Finding refuses(String key, String problem, String remedy) {
    return new Finding(name(), Finding.Severity.REFUSES, key, problem, remedy);
  }

  default Finding warns(String key, String problem, String remedy) {
    return new Finding(name(), Finding.Severity.WARNS, key, problem, remedy);
  }
}
