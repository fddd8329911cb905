package io.handfast.readiness;

import io.handfast.database.ServerSettings;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.delivery.Guarantee;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Whether the server keeps over a crash what it has confirmed.
 *
 * <p>{@code PREPARE TRANSACTION} and {@code COMMIT PREPARED} wait for the disk whatever {@code
 * synchronous_commit} says, so two-phase commit does not depend on it.
 */
final class PostgresDurabilityCheck implements PostgresCheck {

  @Override
  public String name() {
    return "postgresql-durability";
  }

  @Override
  public List<Finding> findings(String database, ServerSettings server, Known known) {
    List<Finding> findings = new ArrayList<>();
    if (!server.isFsync()) {
      findings.add(
          finding(
              deliveries(database, known, spec -> spec.guarantee() != Guarantee.AT_MOST_ONCE),
              "fsync",
              "is off%s: a crash of its machine can lose prepared branches and commits whose messages are gone, and damage the database"
                  .formatted(at(database)),
              "set fsync = on"));
    }
    if (!server.isSynchronousCommit()) {
      findings.add(
          finding(
              deliveries(database, known, PostgresDurabilityCheck::isSettledByALocalCommit),
              "synchronous_commit",
              "is off%s: a crash of the server can lose commits under at-least-once and idempotency whose messages are gone"
                  .formatted(at(database)),
              "set synchronous_commit = on, for this user at least"));
    }
    if (!server.isFullPageWrites()) {
      findings.add(
          warns(
              "full_page_writes",
              "is off%s: a crash of its machine can damage the database, prepared branches included, unless its file system never tears a page"
                  .formatted(at(database)),
              "set full_page_writes = on"));
    }
    return findings;
  }

  private static boolean isSettledByALocalCommit(DeliverySpecification delivery) {
    return delivery.guarantee() != Guarantee.AT_MOST_ONCE && !delivery.isTwoPhaseCommit();
  }

  private static List<String> deliveries(
      String database, Known known, Predicate<DeliverySpecification> isConcerned) {
    return known.consuming(database).entrySet().stream()
        .filter(delivery -> isConcerned.test(delivery.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Refuses the deliveries whose guarantee it breaks, and warns where there is none. */
  private Finding finding(List<String> deliveries, String key, String problem, String remedy) {
    return deliveries.isEmpty()
        ? warns(key, problem, remedy)
        : refuses(
            key,
            problem + ", so it breaks the guarantee of " + String.join(", ", deliveries),
            remedy);
  }
}
