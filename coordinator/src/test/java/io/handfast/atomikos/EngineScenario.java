package io.handfast.atomikos;

import io.handfast.commit.FakeXaResource;
import io.handfast.commit.Transactions.Transaction;
import io.handfast.node.NodeIdentity;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The engine as it is, on a disk and with resource managers that misbehave on demand. */
abstract class EngineScenario {

  static final Duration TIMEOUT = Duration.ofMinutes(5);

  @TempDir Path directory;

  final Trace trace = new Trace();
  final ActiveTransactions active = new ActiveTransactions();
  final FakeXaResource broker = new FakeXaResource("broker", trace);
  final FakeXaResource database = new FakeXaResource("database", trace);
  AtomikosTransactions engine;
  FileDecisionLog log;

  @BeforeEach
  void open() {
    NodeIdentity identity = NodeIdentity.open("n1", directory);
    engine = new AtomikosTransactions(identity, directory, List.of("broker", "database"), active);
    log = (FileDecisionLog) engine.log();
  }

  @AfterEach
  void close() {
    engine.close();
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

  void noteDecision(TransactionId id) {
    if (isOnDisk(id) && !trace.steps().contains("decision on disk")) {
      trace.add("decision on disk");
    }
  }

  boolean isOnDisk(TransactionId id) {
    return recordOnDisk(id).contains("COMMITTING");
  }

  /** The line of a transaction in the log's file; empty where there is none. */
  String recordOnDisk(TransactionId id) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
        for (String line : Files.readString(file).lines().toList()) {
          if (line.startsWith(id + "|")) {
            return line;
          }
        }
      }
      return "";
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
