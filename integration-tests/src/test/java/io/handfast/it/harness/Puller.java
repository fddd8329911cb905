package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A client that pulls until it is told to stop, and outlives its coordinator: a call without an
 * answer is repeated with the same transaction id, and a transaction that is gone is begun anew.
 *
 * <p>Under at-most-once there is no transaction: the rows go into the table by a connection of its
 * own.
 */
public final class Puller implements Runnable {
  private static final String TAKE = "max=%d&wait=PT1S&lease=PT20S&transaction=%s";

  private final Wire wire;
  private final String delivery;
  private final OrdersTable table;
  private final int atOnce;
  private volatile boolean isStopped;

  public Puller(Wire wire, String delivery, OrdersTable table, int atOnce) {
    this.wire = wire;
    this.delivery = delivery;
    this.table = table;
    this.atOnce = atOnce;
  }

  public void stop() {
    isStopped = true;
  }

  @Override
  public void run() {
    String transaction = newId();
    while (!isStopped) {
      try {
        Answer pulled = wire.receive(delivery, TAKE.formatted(atOnce, transaction));
        if (pulled.status() == 200) {
          settle(pulled.json());
          transaction = newId();
        } else if (pulled.status() != 204) {
          assertThat(pulled.json().path("retry").asText()).as(pulled.text()).isIn("safe", "later");
          transaction = newId();
          pause();
        }
      } catch (UncheckedIOException e) {
        pause(); // nobody there: the same call again
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void settle(JsonNode pulled) throws SQLException {
    List<String> bodies = new ArrayList<>();
    pulled.path("messages").forEach(message -> bodies.add(message.path("body").asText()));
    if (pulled.path("transaction").isMissingNode()) {
      table.insert(bodies);
      return;
    }
    String transaction = pulled.path("transaction").asText();
    try {
      if (wire.statement(transaction, "insert", bodies).status() != 200) {
        return; // it ended in the meantime, and the messages come again
      }
    } catch (UncheckedIOException e) {
      return; // a transaction that was not asked to commit does not outlive its coordinator
    }
    commit(transaction);
  }

  /** Commits, asking again until it is known what has become of it. */
  private void commit(String transaction) {
    while (!isStopped) {
      try {
        Answer committed = wire.commit(transaction);
        if (committed.status() != 503) {
          assertThat(committed.status()).as(committed.text()).isIn(200, 202, 404, 409);
          return;
        }
      } catch (UncheckedIOException e) {
        // no answer: asked again
      }
      pause();
    }
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
