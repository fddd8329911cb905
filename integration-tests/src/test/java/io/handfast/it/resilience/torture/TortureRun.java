package io.handfast.it.resilience.torture;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** One run: faults for a while, then quiet until nothing moves any more, then the audit. */
final class TortureRun {
  private final Scene scene;
  private final long seed;
  private final int messagesPerSecond;
  private final Duration patience;
  private Tampering tampering = Tampering.NONE;
  private boolean mayGetStuck;

  /**
   * A run that can be repeated.
   *
   * @param messagesPerSecond into each queue
   * @param patience how long to wait in the end until nothing is left
   */
  TortureRun(Scene scene, long seed, int messagesPerSecond, Duration patience) {
    this.scene = scene;
    this.seed = seed;
    this.messagesPerSecond = messagesPerSecond;
    this.patience = patience;
  }

  /** Takes a safeguard out of both coordinators, which may stand still then. */
  TortureRun sabotaged(Tampering sabotage) {
    tampering = sabotage;
    mayGetStuck = true;
    return this;
  }

  /**
   * What came of it.
   *
   * @param left what was still queued, prepared or unconfirmed when patience ended
   * @param droppedWrites un-forced writes that power failures took
   * @param refusedStarts how often a coordinator refused to start on a full disk
   * @param endedByItself what a coordinator printed that ended though nobody had ended it
   * @param rowsPerSecond inserted in each second of the run, over all flows
   */
  record Result(
      long seed,
      Duration length,
      List<Audit> audits,
      List<String> left,
      Timeline timeline,
      long droppedWrites,
      long refusedStarts,
      List<String> endedByItself,
      List<Integer> rowsPerSecond,
      String postgres) {

    List<String> brokenPromises() {
      return audits.stream().flatMap(audit -> audit.brokenPromises().stream()).toList();
    }
  }

  Result play(Duration duration, int kills) throws Exception {
    Timeline timeline;
    try (Arena arena = new Arena(scene, tampering)) {
      arena.start(messagesPerSecond);
      timeline = new Timeline();
      timeline.say("seed " + seed);
      new Torturer(arena, new Random(seed), timeline, mayGetStuck).torture(duration, kills);
      arena.stopSending();
      Duration length = timeline.now();
      timeline.say("%d kills; waiting until nothing is left".formatted(timeline.kills()));
      List<String> left = arena.awaitNothingLeft(patience);
      timeline.say(left.isEmpty() ? "nothing is left: auditing" : "left: " + left);
      return result(arena, left, timeline, length);
    }
  }

  private Result result(Arena arena, List<String> left, Timeline timeline, Duration length)
      throws Exception {
    List<Audit> audits = audit(arena.senders(), arena.database(), arena.broker());
    List<String> ended =
        arena.nodes().stream().flatMap(node -> node.endedByItself().stream()).toList();
    return new Result(
        seed,
        length,
        audits,
        left,
        timeline,
        arena.nodes().stream().mapToLong(Node::droppedWrites).sum(),
        arena.nodes().stream().mapToLong(Node::refusedOnAFullDisk).sum(),
        ended,
        rowsPerSecond(arena.database(), timeline.begin(), length),
        arena.database().values("SHOW server_version").get(0).replaceAll(" .*", ""));
  }

  /** The audit of every flow, as it stands. */
  static List<Audit> audit(List<Sender> senders, Database database, Broker broker)
      throws Exception {
    List<Audit> audits = new ArrayList<>();
    for (Sender sender : senders) {
      Flow flow = sender.flow();
      BitSet good = flow.goodUpTo(sender.sent());
      audits.add(Audit.of(flow, sender.sent(), good, database, broker));
      if (flow.next() != null) {
        BitSet gone = (BitSet) good.clone();
        Audit.waiting(flow, broker).forEach(id -> gone.clear(id.intValue()));
        audits.add(Audit.of(flow.next(), gone.cardinality(), gone, database, broker));
      }
    }
    return audits;
  }

  private static List<Integer> rowsPerSecond(Database database, Instant begin, Duration length)
      throws SQLException {
    StringBuilder all = new StringBuilder();
    for (Flow flow : Flow.values()) {
      all.append(all.isEmpty() ? "" : " UNION ALL ");
      all.append("SELECT at FROM ").append(flow.table(database).name());
    }
    List<String> found =
        database.values(
            """
            SELECT count(at) FROM generate_series(0, %d) AS second
            LEFT JOIN (%s) AS rows
              ON floor(extract(epoch FROM at) - %s) = second
            GROUP BY second ORDER BY second
            """
                .formatted(length.toSeconds(), all, begin.toEpochMilli() / 1e3));
    return found.stream().map(Integer::valueOf).toList();
  }
}
