package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Looks from outside, with connections of its own, at what became of the messages. */
public final class Auditor {
  /** A look at the broker costs a connection with all its threads. */
  private static final Duration GLANCE = Duration.ofMillis(250);

  private final Broker broker;
  private final OrdersTable table;
  private final String queue;

  public Auditor(Broker broker, OrdersTable table, String queue) {
    this.broker = broker;
    this.table = table;
    this.queue = queue;
  }

  /** Where each message is now. Only meaningful while nothing is in delivery. */
  public Ledger ledger() throws Exception {
    Ledger ledger = new Ledger();
    ledger.found(table.ids(), "table");
    ledger.found(idsIn(queue), "queue");
    ledger.found(idsIn(deadLetters()), "dead letters");
    return ledger;
  }

  /** What is prepared in the broker or in the database. */
  public Set<String> prepared() throws Exception {
    Set<String> prepared = new TreeSet<>();
    broker.preparedTransactions().forEach(id -> prepared.add("broker: " + id));
    table.database().preparedTransactions().forEach(id -> prepared.add("database: " + id));
    return prepared;
  }

  /** Whether anything is prepared. */
  public boolean seesPrepared() throws Exception {
    return !prepared().isEmpty();
  }

  /** Whether a transaction is prepared in the database and not, or no longer, in the broker. */
  public boolean seesPreparedInTheDatabaseOnly() throws Exception {
    return !broker.preparedTransactions().containsAll(table.database().preparedTransactions());
  }

  /**
   * Whether a transaction is prepared in the database and decided: its id stands in the log of a
   * coordinator.
   */
  public boolean seesDecidedInTheDatabase(RunnerProcess coordinator) throws Exception {
    Set<String> waiting = table.database().preparedTransactions();
    Path log = coordinator.directory().resolve("data/log");
    try (Stream<Path> files = Files.walk(log)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (waiting.stream().anyMatch(content::contains)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Where the messages come from. */
  public String queue() {
    return queue;
  }

  public String deadLetters() {
    return queue + ".dead";
  }

  /** Waits until the table has at least so many rows. */
  public void awaitRows(long atLeast, Duration patience) {
    Eventually.within(patience, () -> assertThat(table.rows()).isGreaterThanOrEqualTo(atLeast));
  }

  /**
   * The invariant, now: each message that was sent is in exactly one place, and nothing is prepared
   * anywhere.
   */
  public void assertEveryMessageIsInOnePlace(Orders sent) throws Exception {
    assertThat(prepared()).as("prepared").isEmpty();
    List<String> broken = ledger().brokenPromises(new HashSet<>(sent.ids()));
    assertThat(broken).as("broken promises").isEmpty();
  }

  /**
   * The invariant, once the queue has run empty: each message that was sent is one row (or one dead
   * letter), and since nothing is queued, in delivery or prepared, that can no longer change.
   */
  public void awaitEveryMessageSettledOnce(Orders sent, Duration patience) throws Exception {
    Eventually.within(
        patience,
        GLANCE,
        () -> {
          assertThat(broker.messageCount(queue)).as("messages left in %s", queue).isZero();
          assertThat(prepared()).as("prepared").isEmpty();
        });
    assertEveryMessageIsInOnePlace(sent);
  }

  private List<Long> idsIn(String queue) throws Exception {
    return broker.browse(queue).stream().map(QueuedMessage::body).map(Orders::idOf).toList();
  }
}
