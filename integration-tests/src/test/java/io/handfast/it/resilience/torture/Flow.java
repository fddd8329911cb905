package io.handfast.it.resilience.torture;

import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import java.sql.SQLException;
import java.util.BitSet;

/**
 * A delivery under torture: from a queue of its own into a table of its own.
 *
 * <p>Every {@value #POISON}th message cannot be applied, and belongs into the dead-letter queue;
 * who pulls gets none of these, since what becomes of them is up to the client then.
 */
enum Flow {
  TWO_PHASE_COMMIT("two-phase-commit", false, false),
  FORWARDED("two-phase-commit", false, false),
  LOCAL_COMMIT("local-commit", false, false),
  LOCALLY_FORWARDED("local-commit", false, false),
  PULLED("two-phase-commit", false, false),
  IDEMPOTENCY("idempotency", false, false),
  AT_LEAST_ONCE("at-least-once", false, true),
  AT_MOST_ONCE("at-most-once", true, false);

  private static final int POISON = 500;
  private static final int CONSUMERS = 2;
  private static final int BATCH = 20;

  private final String mode;
  private final boolean mayLose;
  private final boolean mayDouble;

  Flow(String mode, boolean mayLose, boolean mayDouble) {
    this.mode = mode;
    this.mayLose = mayLose;
    this.mayDouble = mayDouble;
  }

  /** The name of the delivery and of its queue. */
  String key() {
    return name().toLowerCase().replace('_', '-');
  }

  String deadLetters() {
    return key() + ".dead";
  }

  boolean mayLose() {
    return mayLose;
  }

  boolean mayDouble() {
    return mayDouble;
  }

  /** Whether its messages are what another one forwards. */
  boolean isForwarded() {
    return this == FORWARDED || this == LOCALLY_FORWARDED;
  }

  /** The flow that its applied messages go on to; null where they go nowhere. */
  Flow next() {
    return switch (this) {
      case TWO_PHASE_COMMIT -> FORWARDED;
      case LOCAL_COMMIT -> LOCALLY_FORWARDED;
      default -> null;
    };
  }

  boolean isPulled() {
    return this == PULLED;
  }

  private boolean isPoison(long id) {
    return id % POISON == 0 && !isPulled();
  }

  boolean isLocalCommit() {
    return mode.equals("local-commit");
  }

  /** Whether a crash can leave a branch of it, which recovery must end. */
  boolean isPrepared() {
    return mode.equals("two-phase-commit") || isLocalCommit();
  }

  String body(long id) {
    return isPoison(id) ? Orders.json(id, -1) : Orders.json(id);
  }

  OrdersTable table(Database database) {
    return new OrdersTable(database, name().toLowerCase());
  }

  /** Each row says when it was inserted, by the database's clock. */
  void createTable(Database database) throws SQLException {
    OrdersTable table = OrdersTable.create(database, name().toLowerCase());
    database.execute(
        "ALTER TABLE %s ADD COLUMN at timestamptz DEFAULT clock_timestamp()"
            .formatted(table.name()));
  }

  DeliverySpec specification(OrdersTable table) {
    DeliverySpec specification = DeliverySpec.fromQueue(key()).under(mode);
    if (isPulled()) {
      return specification.pull();
    }
    if (next() != null) {
      specification.forward(next().key());
    }
    return specification
        .statement(table.insert())
        .consumers(CONSUMERS)
        .batch(BATCH)
        .retry(2, "PT0.1S");
  }

  /** What should have come of the messages 1 to n, or of what was forwarded of them. */
  BitSet goodUpTo(long n) {
    BitSet good = new BitSet();
    for (long id = 1; id <= n; id++) {
      good.set((int) id, !isPoison(id));
    }
    return good;
  }
}
