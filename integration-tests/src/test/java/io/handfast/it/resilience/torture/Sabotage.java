package io.handfast.it.resilience.torture;

import io.handfast.it.harness.InjectedRules;
import io.handfast.it.harness.Tampering;
import java.io.IOException;
import java.util.function.Predicate;

/** A safeguard taken out of a coordinator, to show that the torture would notice. */
enum Sabotage {
  /** Recovery runs and claims the node's name, and resolves no branch that a crash has left. */
  RECOVERY("io.handfast.recovery.RecoveryScan", "judge", "", Flow::isPrepared),

  /** Every message is new to the inbox. */
  INBOX(
      "io.handfast.database.JdbcInbox",
      "record",
      "new java.util.HashSet()",
      Flow.IDEMPOTENCY::equals),

  /** Each marker says that its unit was not committed. */
  MARKER(
      "io.handfast.database.JdbcMarker",
      "takeOver",
      "java.util.Optional.of(new io.handfast.database.Marker$Row(1000000, \"\", false))",
      Flow::isLocalCommit);

  private static final String RULE =
      """
      RULE %s
      CLASS %s
      METHOD %s
      AT ENTRY
      BIND told : boolean = flag("told") AND traceln("%s")
      IF true
      DO return %s
      ENDRULE
      """;

  private final String rule;
  private final Predicate<Flow> harmed;

  Sabotage(String type, String method, String result, Predicate<Flow> harmed) {
    this.rule = RULE.formatted(mark(), type, method, mark(), result);
    this.harmed = harmed;
  }

  Tampering tampering() throws IOException {
    return InjectedRules.in(TorturePage.beside(name().toLowerCase() + ".btm"), rule);
  }

  /** What a coordinator prints when the safeguard would have worked for the first time. */
  String mark() {
    return "sabotaged: " + name();
  }

  /** Whether a flow needs the safeguard to keep its promise. */
  boolean harms(Flow flow) {
    return harmed.test(flow);
  }
}
