package io.handfast.it.torture;

import io.handfast.it.harness.InjectedRules;
import io.handfast.it.harness.Tampering;
import java.io.IOException;

/** A safeguard taken out of a coordinator, to show that the torture would notice. */
enum Sabotage {
  /** Consumers start at once, and nobody resolves what a crash has left. */
  RECOVERY(
      """
      RULE nothing is recovered
      CLASS io.handfast.recovery.RecoveryScan
      METHOD run
      AT ENTRY
      IF true
      DO return new java.util.ArrayList()
      ENDRULE

      RULE nobody waits for recovery
      CLASS io.handfast.recovery.ScanGate
      METHOD isOpen
      AT ENTRY
      IF true
      DO return true
      ENDRULE
      """),

  /** Every message is new to the inbox. */
  INBOX(
      """
      RULE the inbox recognises nothing
      CLASS io.handfast.database.JdbcInbox
      METHOD record
      AT ENTRY
      IF true
      DO return new java.util.HashSet()
      ENDRULE
      """);

  private final String rules;

  Sabotage(String rules) {
    this.rules = rules;
  }

  Tampering tampering() throws IOException {
    return InjectedRules.in(TorturePage.beside(name().toLowerCase() + ".btm"), rules);
  }
}
