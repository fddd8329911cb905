package io.handfast.it.resilience.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client that moves money until there is nothing left to move: one transaction takes the order
 * from the queue, debits here and credits at the bank.
 *
 * <p>It outlives everybody: a call without an answer is repeated with the same transaction id until
 * there is one, and what was rolled back is begun anew.
 */
final class Transferer implements Runnable {
  private static final AtomicInteger CLIENTS = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  /** What the clients have met, all together. */
  static final class Tally {
    final AtomicLong committed = new AtomicLong();
    final AtomicLong rolledBack = new AtomicLong();
    final AtomicLong repeated = new AtomicLong();
    final AtomicLong decidedLater = new AtomicLong();
  }

  private final Wire wire;
  private final String queue;
  private final String bank;
  private final Tally tally;
  private final String name = "c" + CLIENTS.incrementAndGet();
  private volatile boolean isStopped;
  private int transactions;

  Transferer(Wire wire, String queue, String bank, Tally tally) {
    this.wire = wire;
    this.queue = queue;
    this.bank = bank;
    this.tally = tally;
  }

  void stop() {
    isStopped = true;
  }

  @Override
  public void run() {
    while (!isStopped) {
      String transaction = name + "-" + ++transactions;
      try {
        if (fill(transaction)) {
          settle(transaction);
        } else {
          wire.rollback(transaction);
        }
      } catch (UncheckedIOException e) {
        pause(); // unfinished: its lease ends it, or its coordinator's restart
      }
    }
  }

  /** True where everything is in the transaction, and only the commit is missing. */
  private boolean fill(String transaction) {
    if (wire.begin(transaction, "PT15S").status() / 100 != 2) {
      pause();
      return false;
    }
    Answer received = wire.receiveInside(transaction, queue, "max=1&wait=PT0.5S");
    if (received.status() != 200) {
      return false;
    }
    JsonNode order = read(received.json().path("messages").path(0).path("body").asText());
    return wire.statement(transaction, "debit", List.of(order.toString())).status() == 200
        && wire.statement(transaction, "record", List.of(order.toString())).status() == 200
        && wire.join(transaction, "bank", bank + "/tx").status() == 201
        && deposit(transaction, order) == 200;
  }

  private int deposit(String transaction, JsonNode order) {
    String body =
        "{\"transaction\":\"%s\",\"id\":%d,\"amount\":%d}"
            .formatted(transaction, order.path("id").asLong(), order.path("amount").asLong());
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(bank + "/deposits"))
            .timeout(Duration.ofSeconds(10))
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      return HTTP.send(request, BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** Asks until there is an answer that says yes or no. */
  private void settle(String transaction) {
    while (true) {
      try {
        Answer answer = wire.commit(transaction);
        if (answer.status() == 200) {
          tally.committed.incrementAndGet();
          return;
        }
        if (answer.status() == 409) {
          assertThat(answer.json().path("retry").asText()).as(answer.text()).isEqualTo("safe");
          tally.rolledBack.incrementAndGet();
          return;
        }
        if (answer.status() == 202) {
          tally.decidedLater.incrementAndGet();
        } else {
          assertThat(answer.status()).as(answer.text()).isEqualTo(503);
        }
      } catch (UncheckedIOException e) {
        tally.repeated.incrementAndGet(); // nobody there, or the reply is lost
      }
      pause();
    }
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
