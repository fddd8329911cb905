package io.handfast.it.resilience.crashpoint;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.Wire;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A client that moves messages into a table, some in each transaction, the database first. It
 * repeats a commit that got no answer, and begins a new transaction where one was rolled back.
 */
final class Client implements AutoCloseable {
  private static final int MESSAGES = 5;

  /** Longer than anything takes that is not held up on purpose. */
  private static final String LEASE = "PT10S";

  private static final long PAUSE_MILLIS = 50;

  private final Wire wire;
  private final String name;
  private final String queue;
  private final OrdersTable table;
  private Thread thread;
  private volatile boolean isClosed;

  /** Its transactions are called {@code name-1}, {@code name-2} and so on. */
  Client(Wire wire, String name, String queue, OrdersTable table) {
    this.wire = wire;
    this.name = name;
    this.queue = queue;
    this.table = table;
  }

  void start() {
    thread = new Thread(this::run, "client " + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** What it called its first transaction. */
  String first() {
    return name + "-1";
  }

  private void run() {
    for (int number = 1; !isClosed; number++) {
      try {
        transact(name + "-" + number);
      } catch (UncheckedIOException e) {
        pause(); // before the commit: what is open is rolled back at the end of its lease
      }
    }
  }

  private void transact(String id) {
    wire.begin(id, LEASE);
    boolean isFilled = false;
    try {
      isFilled = fill(id);
    } finally {
      if (!isFilled) {
        rollBack(id);
      }
    }
    if (isFilled) {
      settle(id);
    } else {
      pause();
    }
  }

  private boolean fill(String id) {
    String look = "{\"sql\":\"SELECT count(*) FROM %s\"}".formatted(table.name());
    if (wire.run(id, look).status() != 200) {
      return false;
    }
    Answer received = wire.receiveInside(id, queue, "max=%d&wait=PT0.2S".formatted(MESSAGES));
    if (received.status() != 200) {
      return false;
    }
    List<String> bodies = received.json().path("messages").findValuesAsText("body");
    return wire.run(id, insertion(table, bodies)).status() == 200;
  }

  /** What inserts orders, in the words of the API. */
  static String insertion(OrdersTable table, List<String> bodies) {
    return "{\"sql\":\"%s\",\"parameters\":[%s]}"
        .formatted(table.insert(), String.join(",", bodies));
  }

  private void rollBack(String id) {
    try {
      wire.rollback(id);
    } catch (UncheckedIOException e) {
      pause();
    }
  }

  /** Until somebody says how it ended. */
  private void settle(String id) {
    boolean isAnswered = false;
    while (!isAnswered && !isClosed) {
      try {
        int status = wire.commit(id).status();
        isAnswered = status == 200 || status == 409 || status == 404 || status == 500;
      } catch (UncheckedIOException e) {
        isAnswered = false;
      }
      if (!isAnswered) {
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws InterruptedException {
    isClosed = true;
    if (thread != null) {
      thread.join();
    }
  }
}
