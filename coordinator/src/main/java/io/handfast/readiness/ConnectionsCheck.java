package io.handfast.readiness;

import io.handfast.coordination.TransactionsConfig;
import io.handfast.database.ServerSettings;
import io.handfast.delivery.DeliverySpecification;
import java.util.List;

/** Whether a server has room for all connections that this node may open. */
final class ConnectionsCheck implements PostgresCheck {

  /** A scan for prepared branches, and one question such as these checks ask. */
  private static final int OF_THE_NODE = 2;

  private final TransactionsConfig transactions;

  ConnectionsCheck(TransactionsConfig transactions) {
    this.transactions = transactions;
  }

  @Override
  public String name() {
    return "database-connections";
  }

  @Override
  public List<Finding> findings(String database, ServerSettings server, Known known) {
    int consumers =
        known.consuming(database).values().stream()
            .mapToInt(DeliverySpecification::consumers)
            .sum();
    int clients = Math.max(0, transactions.limit());
    int needed = consumers + clients + OF_THE_NODE;
    return needed <= server.connections()
        ? List.of()
        : List.of(
            warns(
                "max_connections",
                "leaves %d connections%s that are not reserved, and this node may open %d: %d consumers, %d client transactions (handfast.transactions.limit), %d for recovery and checks; without one recovery and consumers wait"
                    .formatted(
                        server.connections(),
                        at(database),
                        needed,
                        consumers,
                        clients,
                        OF_THE_NODE),
                "raise max_connections by %d, more where others use the server too, or lower handfast.transactions.limit"
                    .formatted(needed - server.connections())));
  }
}
