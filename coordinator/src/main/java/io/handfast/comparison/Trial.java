package io.handfast.comparison;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.concurrent.Deadline;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.TemporaryDelivery;
import io.handfast.message.BrokerException;
import io.handfast.message.QueueState;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.queue.Queues;
import io.handfast.transaction.RefusedException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs one measurement with a delivery, a queue and a table of its own, which closing removes.
 *
 * <p>Used by one thread.
 */
final class Trial implements AutoCloseable {

  /**
   * What trials work with.
   *
   * @param processorTime of this process so far, all threads together, in nanoseconds
   */
  record Tools(
      Deliveries deliveries,
      Queues queues,
      Participants participants,
      TrialResources resources,
      LongSupplier processorTime,
      Cancellation cancellation) {}

  /** Longer than a unit may take in which something else stands still. */
  private static final Duration LONGEST_STANDSTILL = Duration.ofMinutes(2);

  /** What recovery takes to commit what a participant has missed, when that is back. */
  private static final Duration RECOVERY = Duration.ofSeconds(15);

  private static final Duration LOOK = Duration.ofMillis(200);

  /** Then it is worth asking whether there is anything left to come. */
  private static final int LOOKS_UNTIL_ASKING = 10;

  private static final int PER_TRANSACTION = 1000;
  private static final double SECOND = 1e9;
  private static final int THOUSAND = 1000;

  /** A percentile of 99.9 needs a thousand messages at least. */
  private static final int SECONDS_OF_LATENCY = 10;

  private static final int TENTH = 10;

  /** Messages in flight count as messages of the queue. */
  private static final Predicate<QueueState> EMPTY = state -> state.messages() == 0;

  private final Tools tools;
  private final ComparisonRequest request;
  private final ComparisonRow row;
  private final String queue;
  private final String table;
  private final CommitCounter commits = new CommitCounter();
  private final NumberedBodies bodies;
  private @Nullable String trouble;

  Trial(Tools tools, Comparison comparison, ComparisonRow row, int number) {
    this.tools = tools;
    this.request = comparison.request();
    this.row = row;
    this.queue = TrialResources.queue(comparison.id(), number);
    this.table = TrialResources.table(comparison.id(), number);
    this.bodies = new NumberedBodies(request.size());
  }

  /** Fills the queue, then measures how long the delivery takes to empty it. */
  Round throughput(int messages) throws Exception {
    tools.resources().create(request.database(), table);
    fill(messages);
    try (TemporaryDelivery delivery = open()) {
      long processorTime = tools.processorTime().getAsLong();
      long start = System.nanoTime();
      delivery.start();
      awaitCommitted(delivery, messages);
      long used = tools.processorTime().getAsLong() - processorTime;
      double seconds = Math.max(1, commits.last() - start) / SECOND;
      long committed = Math.max(1, commits.count());
      awaitNothingLeft(delivery);
      end(delivery);
      return new Round(committed / seconds, used / SECOND / committed * THOUSAND, audit(messages));
    }
  }

  /** Sends at the stated rate to a delivery that waits for it. */
  Latency latency() throws Exception {
    tools.resources().create(request.database(), table);
    int messages = Math.min(request.messages(), request.rate() * SECONDS_OF_LATENCY);
    int unmeasured = messages / TENTH;
    try (TemporaryDelivery delivery = open()) {
      delivery.start();
      awaitConsumers(delivery);
      new PacedSender(tools.participants(), tools.cancellation())
          .send(queue, bodies, request.rate(), messages, unmeasured);
      awaitCommitted(delivery, messages);
      awaitNothingLeft(delivery);
      end(delivery);
      return Latency.of(commits.latencies(), audit(messages));
    }
  }

  private void end(TemporaryDelivery delivery) throws RefusedException {
    trouble = delivery.lastError();
    delivery.pause();
  }

  /** What held the measured delivery up last; null where nothing has. */
  @Nullable String trouble() {
    return trouble;
  }

  private void fill(int messages) throws Exception {
    for (int sent = 0; sent < messages; sent += PER_TRANSACTION) {
      tools.cancellation().check();
      int next = Math.min(PER_TRANSACTION, messages - sent);
      tools.queues().send(queue, bodies.from(sent + 1, next), null, Map.of());
    }
  }

  private TemporaryDelivery open() throws Exception {
    ObjectNode specification = JsonNodeFactory.instance.objectNode();
    specification.putObject("source").put("queue", queue);
    row.candidate().specify(specification);
    specification.put("consumers", request.consumers()).put("batch", row.batch());
    ObjectNode sink = specification.putObject("sink");
    if (!request.database().equals(NodeConfig.DEFAULT_DATABASE)) {
      sink.put("database", request.database());
    }
    sink.putArray("statements").add("INSERT INTO " + table + "(id, body) VALUES (:id, :text)");
    return tools.deliveries().openTemporary(queue, specification, commits);
  }

  /** Waits for all messages, or until nothing is left that could still come. */
  private void awaitCommitted(TemporaryDelivery delivery, int messages) throws Exception {
    long before = -1;
    int looks = 0;
    while (!commits.await(messages, LOOK)) {
      check(delivery);
      looks = commits.count() == before ? looks + 1 : 0;
      before = commits.count();
      boolean isWorthAsking = looks > 0 && looks % LOOKS_UNTIL_ASKING == 0;
      if (isWorthAsking && isQueue(EMPTY, Duration.ZERO, delivery)) {
        return; // lost, as at-most-once may
      }
      if (LOOK.multipliedBy(looks).compareTo(LONGEST_STANDSTILL) > 0) {
        throw new IllegalStateException("nothing moves: " + delivery.lastError());
      }
    }
  }

  /** Waits until nothing can come again: what came twice would be in the table twice. */
  private void awaitNothingLeft(TemporaryDelivery delivery) throws Exception {
    if (!isQueue(EMPTY, LONGEST_STANDSTILL, delivery)) {
      throw new IllegalStateException("messages stay in the queue: " + delivery.lastError());
    }
  }

  private void awaitConsumers(TemporaryDelivery delivery) throws Exception {
    Predicate<QueueState> hasAll = state -> state.consumers() >= request.consumers();
    if (!isQueue(hasAll, LONGEST_STANDSTILL, delivery)) {
      throw new IllegalStateException("consumers cannot begin: " + delivery.lastError());
    }
  }

  private boolean isQueue(
      Predicate<QueueState> asItShouldBe, Duration patience, TemporaryDelivery delivery)
      throws Exception {
    return tools.resources().await(queue, asItShouldBe, patience, () -> check(delivery));
  }

  private void check(TemporaryDelivery delivery) {
    tools.cancellation().check();
    if (delivery.hasFailed()) {
      throw new IllegalStateException("the delivery has failed: " + delivery.lastError());
    }
  }

  /**
   * Rows may still come where recovery ends a unit that was decided while the database was away.
   */
  private Audit audit(int messages) throws Exception {
    Deadline deadline = Deadline.after(RECOVERY);
    Audit audit = tools.resources().audit(request.database(), table, messages);
    while (audit.lost() > 0 && !deadline.isOver()) {
      tools.cancellation().check();
      Thread.sleep(LOOK.toMillis());
      audit = tools.resources().audit(request.database(), table, messages);
    }
    return audit;
  }

  @Override
  public void close() throws BrokerException, SQLException {
    tools.resources().remove(request.database(), queue, table);
  }
}
