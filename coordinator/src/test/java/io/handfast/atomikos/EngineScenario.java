package io.handfast.atomikos;

import io.handfast.commit.FakeXaResource;
import io.handfast.commit.Transactions;
import io.handfast.commit.Transactions.Transaction;
import io.handfast.event.Event;
import io.handfast.event.Events;
import io.handfast.log.FaultyDisk;
import io.handfast.log.FileDecisionLog;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine on a disk, with resource managers that misbehave on demand: Atomikos, unless a subclass
 * has another.
 */
abstract class EngineScenario {

  static final Duration TIMEOUT = Duration.ofMinutes(5);

  @TempDir Path directory;

  final Trace trace = new Trace();
  final ActiveTransactions active = new ActiveTransactions();
  final FakeXaResource broker = new FakeXaResource("broker", trace);
  final FakeXaResource database = new FakeXaResource("database", trace);
  Transactions engine;
  final List<Event> told = new CopyOnWriteArrayList<>();
  final FaultyDisk disk = new FaultyDisk();
  FileDecisionLog log;

  @BeforeEach
  void open() {
    log = disk.open(directory);
    engine = openEngine();
  }

  Transactions openEngine() {
    return new AtomikosTransactions(
        log,
        List.of("broker", "database", Participants.OUTCOME),
        active,
        new Events(List.of(told::add)));
  }

  @AfterEach
  void close() {
    if (engine instanceof AtomikosTransactions atomikos) {
      atomikos.close();
    }
    log.close();
  }

  Transaction begin(FakeXaResource... resources) throws Exception {
    Transaction transaction = engine.begin(TIMEOUT);
    for (FakeXaResource resource : resources) {
      enlist(transaction, resource);
    }
    return transaction;
  }

  static void enlist(Transaction transaction, FakeXaResource resource) throws Exception {
    transaction.enlist(new NamedXaResource(resource.name(), resource));
  }

  synchronized void noteDecision(TransactionId id) {
    if (isOnDisk(id) && !trace.steps().contains("decision on disk")) {
      trace.add("decision on disk");
    }
  }

  /** Whether the log's files have a record of a transaction. */
  boolean isOnDisk(TransactionId id) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".segment")).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(id.toString())) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
