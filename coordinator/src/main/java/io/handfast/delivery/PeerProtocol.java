package io.handfast.delivery;

import io.handfast.concurrent.Scheduling;
import io.handfast.database.Database;
import io.handfast.database.Marker.Agreement;
import io.handfast.input.WireName;
import io.handfast.node.Participants;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.RefusedException.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sees that all nodes run a delivery under one protocol of exactly-once.
 *
 * <p>What idempotency has applied and not acknowledged is delivered again, and only idempotency
 * recognises it: beside a node under another protocol it would be applied twice. So each node notes
 * its protocol in a row that they share, and works only while no other node has noted another one.
 * Thread-safe.
 */
final class PeerProtocol {

  private static final Logger LOG = Logger.getLogger(PeerProtocol.class);

  /** Between two notes of a node. */
  private static final Duration BETWEEN = Duration.ofSeconds(10);

  /** A node that notes nothing for so long does not run the delivery any more. */
  private static final Duration FORGOTTEN = Duration.ofSeconds(60);

  private final String node;
  private final Delivery delivery;
  private final Participants participants;
  private volatile @Nullable Long agreed;

  /**
   * Notes nothing yet.
   *
   * @param node the node's name
   */
  PeerProtocol(String node, Delivery delivery, Participants participants) {
    this.node = node;
    this.delivery = delivery;
    this.participants = participants;
  }

  /** The delivery has been started: what was noted may be forgotten. */
  void begin() {
    agreed = null;
  }

  /**
   * Notes the protocol, where that is due.
   *
   * @throws RefusedException another node runs the delivery under another protocol
   * @throws SQLException the database cannot be asked now
   */
  void require() throws RefusedException, SQLException {
    Long before = agreed;
    long now = Scheduling.nanoTime();
    if (before != null && now - before < BETWEEN.toNanos()) {
      return;
    }
    Database database = database().orElse(null);
    if (database == null) {
      return;
    }
    if (before == null && delivery.specification().isIdempotency()) {
      createTable(database);
    }
    Agreement mine = mine();
    Agreement other = database.agree(mine, FORGOTTEN).orElse(null);
    if (other != null) {
      throw new RefusedException(
          Reason.DELIVERY_NOT_RUNNING,
          "node %s runs the delivery '%s' under %s, and this one would run it under %s, which could apply messages twice; declare one protocol at all nodes: this one goes on when that is so, or %d s after the other was lost"
              .formatted(
                  other.owner(),
                  other.delivery(),
                  other.protocol(),
                  mine.protocol(),
                  FORGOTTEN.toSeconds()));
    }
    agreed = now;
  }

  private Agreement mine() {
    return new Agreement(delivery.name(), WireName.of(delivery.specification().protocol()), node);
  }

  /** The delivery has ended in order: another node may run it under another protocol at once. */
  void withdraw() {
    Database database = database().orElse(null);
    if (agreed == null || database == null) {
      return;
    }
    agreed = null;
    try {
      database.withdraw(mine());
    } catch (SQLException e) {
      LOG.debugf("note not withdrawn delivery=%s: %s", delivery.name(), ErrorText.readable(e));
    }
  }

  /** A node under local commit creates it, too. */
  private static void createTable(Database database) throws SQLException {
    try {
      database.createMarker();
    } catch (SQLException e) {
      if (!database.isForbidden(e) && !database.isReadOnly(e)) {
        throw e;
      } // then nothing is noted, unless the table is there for other deliveries
    }
  }

  private Optional<Database> database() {
    DeliverySpecification specification = delivery.specification();
    boolean isConcerned =
        specification.guarantee() == Guarantee.EXACTLY_ONCE
            && !specification.isPositioned() // whose positions are kept under each protocol
            && !delivery.isTemporary();
    return isConcerned
        ? Optional.ofNullable(specification.databaseName()).flatMap(participants::database)
        : Optional.empty();
  }
}
