package io.handfast.readiness;

import io.handfast.coordination.TransactionsConfig;
import io.handfast.node.NodeConfig;
import io.handfast.recovery.RecoveryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Whether the times of the configuration are times, and in their order. */
final class TimeoutsCheck implements Check {

  private static final String LEASE = "handfast.transactions.lease";
  private static final String LONGEST_LEASE = "handfast.transactions.longest-lease";
  private static final String INTERVAL = "handfast.recovery.interval";
  private static final String RETRY_INTERVAL = "handfast.recovery.retry-interval";

  private final NodeConfig node;
  private final RecoveryConfig recovery;
  private final TransactionsConfig transactions;

  TimeoutsCheck(NodeConfig node, RecoveryConfig recovery, TransactionsConfig transactions) {
    this.node = node;
    this.recovery = recovery;
    this.transactions = transactions;
  }

  @Override
  public String name() {
    return "timeouts";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  @Override
  public List<Finding> findings(Known known) {
    List<Finding> findings = new ArrayList<>();
    atLeastAMilli(INTERVAL, recovery.interval(), "recovery would never rest", findings);
    atLeastAMilli(RETRY_INTERVAL, recovery.retryInterval(), "recovery would never rest", findings);
    atLeastAMilli(LEASE, transactions.lease(), "no client could settle in time", findings);
    atLeastAMilli(
        LONGEST_LEASE, transactions.longestLease(), "no client could settle in time", findings);
    atLeastAMilli(
        "handfast.transactions.keep-outcomes",
        transactions.keepOutcomes(),
        "a repeated commit would not get the same answer",
        findings);
    if (node.shutdownTimeout().isNegative()) {
      findings.add(
          refuses(
              "handfast.shutdown-timeout",
              "is " + node.shutdownTimeout(),
              "use PT0S to give units in hand back at once, or more"));
    }
    if (findings.isEmpty()) {
      checkOrder(findings);
    }
    return findings;
  }

  private void atLeastAMilli(
      String key, Duration value, String consequence, List<Finding> findings) {
    if (value.compareTo(Duration.ofMillis(1)) < 0) {
      findings.add(refuses(key, "is " + value + ": " + consequence, "use a positive duration"));
    }
  }

  private void checkOrder(List<Finding> findings) {
    if (recovery.retryInterval().compareTo(recovery.interval()) > 0) {
      findings.add(
          warns(
              RETRY_INTERVAL,
              "is %s, longer than %s = %s: a participant that comes back is noticed later than one that never left"
                  .formatted(recovery.retryInterval(), INTERVAL, recovery.interval()),
              "use a shorter one"));
    }
    if (transactions.lease().compareTo(transactions.longestLease()) > 0) {
      findings.add(
          warns(
              LEASE,
              "is %s, longer than %s = %s: a call that asks for nothing gets more than any may ask for"
                  .formatted(transactions.lease(), LONGEST_LEASE, transactions.longestLease()),
              "use one that is not longer"));
    }
  }
}
