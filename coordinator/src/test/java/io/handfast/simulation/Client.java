package io.handfast.simulation;

import io.handfast.coordination.ClientTransaction;
import io.handfast.database.InvalidStatementException;
import io.handfast.database.StatementTemplate;
import io.handfast.node.NodeConfig;
import io.handfast.transaction.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A client that writes a row and sends a message in one transaction over REST. */
final class Client {

  /** Their ids are above those of messages. */
  static final int FIRST_ID = 1_000;

  static final String QUEUE = "audit";

  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final StatementTemplate STATEMENT = statement();

  private final World.Place node;
  private final SimulatedProcess process;
  private final int id;
  private final boolean isToCommit;
  private final boolean isSending;
  private @Nullable Outcome told;

  Client(
      World.Place node, SimulatedProcess process, int id, boolean isToCommit, boolean isSending) {
    this.isSending = isSending;
    this.node = node;
    this.process = process;
    this.id = id;
    this.isToCommit = isToCommit;
  }

  private static StatementTemplate statement() {
    try {
      return StatementTemplate.parse("UPDATE audit SET done = true WHERE id = :id");
    } catch (InvalidStatementException e) {
      throw new IllegalStateException(e);
    }
  }

  int id() {
    return id;
  }

  private String name() {
    return "c" + id;
  }

  /** Runs the transaction, as far as it gets. */
  void run() {
    Optional<ClientTransaction> begun = ask(() -> running().clients.begin(name(), LEASE));
    if (begun.isEmpty()) {
      return;
    }
    ClientTransaction transaction = begun.get();
    boolean isDone =
        ask(() ->
                transaction.call(
                    work -> {
                      work.database(NodeConfig.DEFAULT_DATABASE)
                          .execute(List.of(STATEMENT), List.of(parameter -> (long) id));
                      if (isSending) {
                        work.messages().send(QUEUE, "{\"id\": " + id + "}", Map.of());
                      }
                      return true;
                    }))
            .isPresent();
    if (isDone) {
      told = ask(isToCommit ? transaction::commit : transaction::rollback).orElse(null);
    }
  }

  private SimulatedNode running() {
    return running(node);
  }

  static SimulatedNode running(World.Place node) {
    SimulatedNode running = node.node();
    if (running == null) {
      throw new IllegalStateException("the node does not answer");
    }
    return running;
  }

  private <T> Optional<T> ask(Callable<T> request) {
    return ask(node, process, request);
  }

  /** What a node answers to a client; empty where it refuses, or does not answer. */
  static <T> Optional<T> ask(World.Place node, SimulatedProcess process, Callable<T> request) {
    SimulatedProcess asked = node.process();
    if (!asked.isAlive()) {
      return Optional.empty();
    }
    Answer<T> answer = new Answer<>();
    Thread thread = asked.thread("request", () -> answer.take(request));
    thread.start();
    process.join(thread, PATIENCE);
    return Optional.ofNullable(answer.value);
  }

  private static final class Answer<T> {
    private @Nullable T value;

    void take(Callable<T> request) {
      try {
        value = request.call();
      } catch (Exception e) {
        SimulatedThread.me().process().simulation().note("refused: " + e.getMessage());
      }
    }
  }

  /** Asks how it ended: what is told must not change, nor be another than what was told before. */
  @Nullable String problem(int rows, int messages) {
    Outcome now =
        ask(() -> running().clients.find(name()).flatMap(ClientTransaction::outcome))
            .flatMap(x -> x)
            .orElse(null);
    if (rows > 1 || isSending && rows != messages) {
      return "transaction %s has %d rows and %d messages".formatted(name(), rows, messages);
    }
    if (isCommit(told) && rows == 0 || isCommit(now) && rows == 0) {
      return "transaction %s was told as committed, and has no row".formatted(name());
    }
    if (isRollback(told) && rows > 0 || isRollback(now) && rows > 0) {
      return "transaction %s was told as rolled back, and has a row".formatted(name());
    }
    if (now == null && told != null || now instanceof Outcome.InDoubt) {
      return "the end of transaction %s is not known any more: %s".formatted(name(), now);
    }
    return null;
  }

  private static boolean isCommit(@Nullable Outcome outcome) {
    return outcome instanceof Outcome.Committed || outcome instanceof Outcome.Decided;
  }

  private static boolean isRollback(@Nullable Outcome outcome) {
    return outcome instanceof Outcome.RolledBack;
  }
}
