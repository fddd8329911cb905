package io.handfast.it.resilience.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.ChildProcess;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.PostgresProcess;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.resilience.transfer.Transferer.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Money moves from a PostgreSQL database to a service, each time because of a message, while the
 * coordinator, the service and the database are killed at random: every message moves its amount
 * once.
 *
 * <p>{@code -Dhandfast.transfers=2000} moves more, {@code -Dhandfast.seed=…} kills at the same
 * moments again.
 */
class MoneyTransferIT {
  private static final int TRANSFERS = Integer.getInteger("handfast.transfers", 120);
  private static final int CLIENTS = 6;
  private static final int TRANSFERS_A_KILL = 40;
  private static final long OPENING = 1_000_000;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @RegisterExtension final Scene scene = new Scene();

  private final Random random = new Random(Long.getLong("handfast.seed", System.nanoTime()));
  private final List<Transferer> clients = new ArrayList<>();
  private PostgresProcess postgres;
  private Database here;
  private Database there;
  private Broker broker;
  private RunnerProcess coordinator;
  private BankProcess bank;

  @BeforeEach
  void arrange() throws Exception {
    postgres = scene.postgresWithMaxPreparedTransactions(64);
    here = postgres.createDatabase("here");
    there = postgres.createDatabase("there");
    here.execute(
        "CREATE TABLE account(id INT PRIMARY KEY, balance BIGINT)",
        "INSERT INTO account SELECT n, " + OPENING + " FROM generate_series(0, 15) n",
        "CREATE TABLE transfer(id BIGINT, amount BIGINT)");
    there.execute("CREATE TABLE deposit(id BIGINT, amount BIGINT)");
    broker = scene.artemis().address();
    bank = scene.closing(new BankProcess(there)).start();
    coordinator =
        scene.coordinator(
            "n1",
            scene
                .external("n1")
                .database(here)
                .set(
                    "handfast.statements.\"debit\"",
                    "UPDATE account SET balance = balance - :amount WHERE id = :id % 16")
                .set(
                    "handfast.statements.\"record\"",
                    "INSERT INTO transfer(id, amount) VALUES (:id, :amount)"));
    coordinator.start();
  }

  @AfterEach
  void stop() {
    clients.forEach(Transferer::stop);
  }

  @Test
  void everyMessageMovesItsAmountOnceWhoeverIsKilled() throws Exception {
    broker.send(
        scene.queue(),
        LongStream.rangeClosed(1, TRANSFERS)
            .mapToObj(id -> "{\"id\":%d,\"amount\":%d}".formatted(id, id % 7 + 1))
            .toList());
    Tally tally = new Tally();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Transferer client = new Transferer(coordinator.wire(), scene.queue(), bank.url(), tally);
      clients.add(client);
      threads.add(new Thread(client, "transferer-" + i));
    }
    threads.forEach(Thread::start);

    int kills = killWhileMoneyMoves();

    Eventually.within(
        PATIENCE, () -> assertThat(broker.messageCount(scene.queue())).as("orders").isZero());
    stop();
    for (Thread thread : threads) {
      thread.join();
    }
    Eventually.within(PATIENCE, this::assertNothingIsPrepared);
    System.out.printf(
        "transfers: %d, kills: %d, committed: %d, rolled back: %d, decided and told later: %d, calls repeated: %d%n",
        TRANSFERS,
        kills,
        tally.committed.get(),
        tally.rolledBack.get(),
        tally.decidedLater.get(),
        tally.repeated.get());
    assertEveryAmountMovedOnce();
  }

  /** One of the three each time, in any order, until nearly all is moved. */
  private int killWhileMoneyMoves() throws Exception {
    int kills = Math.max(3, TRANSFERS / TRANSFERS_A_KILL);
    int first = random.nextInt(3);
    for (int kill = 1; kill <= kills; kill++) {
      long left = TRANSFERS - (long) TRANSFERS * kill / (kills + 1);
      Eventually.within(
          PATIENCE, () -> assertThat(broker.messageCount(scene.queue())).isLessThanOrEqualTo(left));
      Thread.sleep(random.nextInt(50));
      switch ((first + kill) % 3) {
        case 0 -> {
          coordinator.kill9();
          coordinator.launch();
        }
        case 1 -> {
          bank.kill9();
          Thread.sleep(random.nextInt(300));
          bank.start();
        }
        default -> {
          postgres.kill9();
          postgres.start();
        }
      }
    }
    return kills;
  }

  private void assertNothingIsPrepared() throws Exception {
    assertThat(here.preparedTransactions()).isEmpty();
    assertThat(there.preparedTransactions()).isEmpty();
    assertThat(broker.preparedTransactions()).noneMatch(id -> id.startsWith("n1."));
    assertThat(coordinator.wire().recovery().json().path("transactions")).isEmpty();
  }

  private void assertEveryAmountMovedOnce() throws Exception {
    assertThat(here.number("SELECT count(*) FROM transfer")).isEqualTo(TRANSFERS);
    assertThat(here.number("SELECT count(DISTINCT id) FROM transfer")).isEqualTo(TRANSFERS);
    assertThat(there.number("SELECT count(*) FROM deposit")).isEqualTo(TRANSFERS);
    assertThat(there.number("SELECT count(DISTINCT id) FROM deposit")).isEqualTo(TRANSFERS);
    long moved = LongStream.rangeClosed(1, TRANSFERS).map(id -> id % 7 + 1).sum();
    assertThat(there.number("SELECT sum(amount) FROM deposit")).isEqualTo(moved);
    assertThat(here.number("SELECT sum(balance) FROM account")).isEqualTo(16 * OPENING - moved);
  }

  /** The bank, as a process of its own. */
  private final class BankProcess implements AutoCloseable {
    private final Database database;
    private final int port = scene.freePort();
    private ChildProcess process;

    BankProcess(Database database) {
      this.database = database;
    }

    String url() {
      return "http://127.0.0.1:" + port;
    }

    BankProcess start() {
      process =
          scene.javaProcess(
              "bank",
              BankService.class,
              String.valueOf(port),
              database.url(),
              database.username(),
              database.password());
      return this;
    }

    void kill9() {
      process.kill9();
    }

    @Override
    public void close() {
      process.kill9();
    }
  }
}
