package io.handfast.readiness;

import io.handfast.coordination.TransactionsConfig;
import io.handfast.database.ServerSettings;
import io.handfast.delivery.DeliverySpecification.HandlerCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether the server ends a session that a client or a handler may still hold.
 *
 * <p>{@code statement_timeout} is not among these: it does not run between statements.
 */
final class SessionTimeoutsCheck implements PostgresCheck {

  private final TransactionsConfig transactions;

  SessionTimeoutsCheck(TransactionsConfig transactions) {
    this.transactions = transactions;
  }

  @Override
  public String name() {
    return "database-session-timeouts";
  }

  @Override
  public List<Finding> findings(String database, ServerSettings server, Known known) {
    List<Finding> findings = new ArrayList<>();
    String where = at(database);
    check(
        "idle_in_transaction_session_timeout",
        server.idleInTransactionTimeout(),
        where,
        held(database, known),
        findings);
    check(
        "transaction_timeout", server.transactionTimeout(), where, held(database, known), findings);
    return findings;
  }

  /** How long a transaction may lie idle in somebody's hand, by what says so. */
  private SortedMap<String, Duration> held(String database, Known known) {
    SortedMap<String, Duration> held = new TreeMap<>();
    held.put("handfast.transactions.longest-lease", transactions.longestLease());
    known
        .consuming(database)
        .forEach(
            (name, delivery) -> {
              HandlerCall handler = delivery.handler();
              if (handler != null) {
                held.put("handler.timeout of delivery '" + name + "'", handler.timeout());
              }
            });
    return held;
  }

  private void check(
      String setting,
      Duration timeout,
      String where,
      SortedMap<String, Duration> held,
      List<Finding> findings) {
    List<String> longer =
        held.entrySet().stream()
            .filter(hold -> hold.getValue().compareTo(timeout) >= 0)
            .map(hold -> hold.getKey() + " = " + hold.getValue())
            .toList();
    if (!timeout.isZero() && !longer.isEmpty()) {
      findings.add(
          warns(
              setting,
              "is %s%s, not longer than %s: the server ends the session of a transaction that is still in hand, which is then rolled back"
                  .formatted(timeout, where, String.join(", ", longer)),
              "set it to 0 for this user, or to more than these"));
    }
  }
}
