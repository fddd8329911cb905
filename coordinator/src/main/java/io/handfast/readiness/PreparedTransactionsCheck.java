package io.handfast.readiness;

import io.handfast.coordination.TransactionsConfig;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.node.Participants;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Whether a database can keep as many branches prepared as this node may have at once. */
final class PreparedTransactionsCheck implements Check {

  private static final String KEY = "max_prepared_transactions";

  private final TransactionsConfig transactions;

  PreparedTransactionsCheck(TransactionsConfig transactions) {
    this.transactions = transactions;
  }

  @Override
  public String name() {
    return "prepared-transactions";
  }

  @Override
  public Asks asks() {
    return Asks.DATABASES;
  }

  /** A branch that cannot be prepared is rolled back: such a delivery would get nowhere. */
  @Override
  public boolean isAcceptable() {
    return false;
  }

  @Override
  public List<Finding> findings(Known known) {
    List<Finding> findings = new ArrayList<>();
    known
        .databases()
        .forEach(
            (name, database) -> {
              if (database.maxPreparedTransactions().isPresent()) {
                int limit = database.maxPreparedTransactions().getAsInt();
                findings.addAll(findings(name, limit, database.server() != null, known));
              }
            });
    return findings;
  }

  private List<Finding> findings(String database, int limit, boolean isServer, Known known) {
    SortedMap<String, DeliverySpecification> deliveries = known.consuming(database);
    deliveries.values().removeIf(delivery -> !delivery.isTwoPhaseCommit());
    int consumers = deliveries.values().stream().mapToInt(DeliverySpecification::consumers).sum();
    int clients = Math.max(0, transactions.limit());
    String remedy = isServer ? whatToSet(consumers + clients) : "use PostgreSQL, or H2 in a file";
    String is = "is %d at %s, and ".formatted(limit, Participants.participantName(database));
    List<Finding> refusals =
        deliveries.entrySet().stream()
            .filter(delivery -> delivery.getValue().consumers() > limit)
            .map(delivery -> refusal(is, delivery, remedy))
            .toList();
    boolean isUnused = limit == 0 && consumers == 0; // PostgreSQL's default, and nothing prepares
    if (!refusals.isEmpty() || isUnused || consumers + clients <= limit) {
      return refusals;
    }
    return List.of(
        warns(
            KEY,
            is
                + "this node may have %d prepared at once: %d consumers of two-phase-commit deliveries and %d client transactions (handfast.transactions.limit); what finds no room is rolled back and tried again"
                    .formatted(consumers + clients, consumers, clients),
            remedy));
  }

  private Finding refusal(
      String is, Map.Entry<String, DeliverySpecification> delivery, String remedy) {
    return refuses(
        KEY,
        is
            + "two-phase commit of delivery '%s' needs one prepared transaction for each of its %d consumers"
                .formatted(delivery.getKey(), delivery.getValue().consumers()),
        remedy);
  }

  private static String whatToSet(int number) {
    return "set max_prepared_transactions = %d in postgresql.conf, more where others use the server too, and restart PostgreSQL"
        .formatted(number);
  }
}
