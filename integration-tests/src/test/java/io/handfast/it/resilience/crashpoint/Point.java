package io.handfast.it.resilience.crashpoint;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The points at which a unit of work, or its recovery, can be interrupted.
 *
 * <p>The numbers are those of the project's list of crash points; letters are its finer parts.
 */
enum Point {
  BEFORE_SECOND_BRANCH(
      "1",
      "after the first participant's work, before the second branch",
      Decision.NOT_YET,
      Prepared.NEITHER,
      Next.NOTHING_SEEN,
      order -> Rules.asking("start", order.second())),
  BEFORE_END(
      "2",
      "after the statements, before the branches end",
      Decision.NOT_YET,
      Prepared.NEITHER,
      Next.NOTHING_SEEN,
      order -> Rules.beforeEnd()),
  BETWEEN_ENDS(
      "3",
      "between the ends",
      Decision.NOT_YET,
      Prepared.NEITHER,
      Next.NOTHING_SEEN,
      order -> Rules.asking("end", order.second())),
  IN_FIRST_PREPARE(
      "4",
      "in the first prepare",
      Decision.NOT_YET,
      Prepared.NEITHER,
      Next.FIRST_PREPARES,
      order -> Rules.asking("prepare", order.first())),
  BETWEEN_PREPARES(
      "5",
      "between the prepares",
      Decision.NOT_YET,
      Prepared.FIRST,
      Next.SECOND_PREPARES,
      order -> Rules.asking("prepare", order.second())),
  BEFORE_DECISION(
      "6",
      "both prepared, the decision not written",
      Decision.NOW,
      Prepared.BOTH,
      Next.FIRST_ENDS,
      order -> Rules.beforeDecision()),
  TORN_DECISION(
      "7",
      "half of the decision written",
      Decision.NOW,
      Prepared.BOTH,
      Next.FIRST_ENDS,
      order -> Rules.tornDecision()),
  UNFORCED_DECISION(
      "8",
      "the decision written, not forced",
      Decision.DONE,
      Prepared.BOTH,
      Next.FIRST_ENDS,
      order -> Rules.beforeForce()),
  AFTER_DECISION(
      "9",
      "the decision forced, before the first commit",
      Decision.DONE,
      Prepared.BOTH,
      Next.FIRST_ENDS,
      order -> Rules.afterDecision()),
  IN_FIRST_COMMIT(
      "10",
      "in the first commit",
      Decision.DONE,
      Prepared.BOTH,
      Next.FIRST_ENDS,
      order -> Rules.asking("commit", order.first())),
  BETWEEN_COMMITS(
      "11",
      "between the commits",
      Decision.DONE,
      Prepared.SECOND,
      Next.SECOND_ENDS,
      order -> Rules.asking("commit", order.second())),
  BEFORE_FORGET(
      "12",
      "both committed, before the log forgets",
      Decision.DONE,
      Prepared.NEITHER,
      Next.NOTHING_SEEN,
      order -> Rules.beforeForget()),
  COMPACTING_BEFORE_WRITE(
      "13a",
      "the log compacts: the new generation not written",
      Decision.DONE,
      Prepared.BOTH,
      Next.FIRST_ENDS,
      order -> Rules.compacting("begin", "AT ENTRY")),
  COMPACTING_BEFORE_POINTING(
      "13b",
      "the log compacts: the new generation written, the old one in force",
      Decision.DONE,
      Prepared.BOTH,
      Next.FIRST_ENDS,
      order -> Rules.compacting("pointTo", "AT ENTRY")),
  COMPACTING_AFTER_POINTING(
      "13c",
      "the log compacts: the new generation in force, the old one there",
      Decision.DONE,
      Prepared.BOTH,
      Next.FIRST_ENDS,
      order -> Rules.compacting("pointTo", "AT EXIT")),
  DISK_FULL(
      "13d",
      "the disk is full when the decision is written",
      Decision.AGAINST,
      order -> Rules.fullDisk()),
  IN_ROLLBACK(
      "14",
      "in the rollback of the first, since the second votes no",
      Decision.AGAINST,
      Prepared.FIRST,
      Next.FIRST_ENDS,
      order -> Rules.rollingBack(order.first(), order.second())),
  VOTE_ROLLBACK(
      "15a",
      "the second votes XA_RBROLLBACK",
      Decision.AGAINST,
      order -> Rules.answering("prepare", order.second(), "AT ENTRY", 100)),
  VOTE_RMERR(
      "15b",
      "the second votes XAER_RMERR and is not prepared",
      Decision.AGAINST,
      order -> Rules.answering("prepare", order.second(), "AT ENTRY", -3)),
  VOTE_RMFAIL(
      "15c",
      "the second votes XAER_RMFAIL though it is prepared",
      Decision.AGAINST,
      order -> Rules.answering("prepare", order.second(), "AT EXIT", -7)),
  VOTE_READ_ONLY(
      "15d",
      "the database has nothing to do and votes XA_RDONLY",
      Decision.DONE,
      List.of(Order.DATABASE_FIRST),
      List.of(Fault.NONE),
      order -> Rules.readOnly(order.first())),
  COMMIT_RETRY(
      "16a",
      "the first answers commit by XA_RETRY",
      Decision.DONE,
      order -> Rules.answering("commit", order.first(), "AT ENTRY", 4)),
  COMMIT_RMERR(
      "16b",
      "the first answers commit by XAER_RMERR",
      Decision.DONE,
      order -> Rules.answering("commit", order.first(), "AT ENTRY", -3)),
  COMMIT_NOTA(
      "16c",
      "the first answers commit by XAER_NOTA, having committed",
      Decision.DONE,
      order -> Rules.answering("commit", order.first(), "AT EXIT", -4)),
  COMMIT_ZERO(
      "16d",
      "the first answers commit by code 0",
      Decision.DONE,
      order -> Rules.answering("commit", order.first(), "AT ENTRY", 0)),
  COMMIT_HEURCOM(
      "16e",
      "the first answers commit by XA_HEURCOM, having committed",
      Decision.DONE,
      order -> Rules.answering("commit", order.first(), "AT EXIT", 7)),
  COMMIT_HEURRB(
      "16f",
      "the first answers commit by XA_HEURRB",
      Decision.DISOBEYED,
      order -> Rules.answering("commit", order.first(), "AT EXIT", 6)),
  COMMIT_HEURMIX(
      "16g",
      "the first answers commit by XA_HEURMIX",
      Decision.DISOBEYED,
      order -> Rules.answering("commit", order.first(), "AT EXIT", 5)),
  IN_RECOVERYS_COMMIT(
      "17a",
      "in the commit by recovery, after a kill at 9",
      Decision.DONE,
      AFTER_DECISION,
      Next.FIRST_ENDS,
      order -> Rules.recovering("commit", order.first())),
  BETWEEN_RECOVERIES(
      "17b",
      "between recovery's two participants, after a kill at 9",
      Decision.DONE,
      AFTER_DECISION,
      Next.NOTHING_SEEN,
      order -> Rules.betweenParticipants()),
  BEFORE_RECOVERY_FORGETS(
      "17c",
      "recovered, before the log forgets, after a kill at 9",
      Decision.DONE,
      AFTER_DECISION,
      Next.NOTHING_SEEN,
      order -> Rules.beforeRecoveryForgets()),
  IN_RECOVERYS_ROLLBACK(
      "17d",
      "in the rollback by recovery, after a kill at 6",
      Decision.AGAINST,
      BEFORE_DECISION,
      Next.FIRST_ENDS,
      order -> Rules.recovering("rollback", order.first())),
  TWO_NODES(
      "18",
      "nodes n1 and n11, both killed at 9, started one after the other",
      Decision.DONE,
      List.of(Order.BROKER_FIRST),
      List.of(Fault.COORDINATOR_KILLED),
      order -> Rules.afterDecision()),
  MISSING_AFTER_DECISION(
      "19a",
      "coordinator killed at 9, a participant missing at the first scan",
      Decision.DONE,
      List.of(Order.values()),
      List.of(Fault.BROKER_KILLED, Fault.DATABASE_KILLED),
      order -> Rules.afterDecision()),
  MISSING_BEFORE_DECISION(
      "19b",
      "coordinator killed at 6, a participant missing at the first scan",
      Decision.AGAINST,
      List.of(Order.values()),
      List.of(Fault.BROKER_KILLED, Fault.DATABASE_KILLED),
      order -> Rules.beforeDecision()),
  LATE_IN_FIRST_PREPARE(
      "20a",
      "the client's time-out passes in the first prepare",
      Decision.DONE,
      List.of(Order.DATABASE_FIRST),
      List.of(Fault.NONE),
      order -> Rules.asking("prepare", order.first())),
  LATE_IN_SECOND_PREPARE(
      "20b",
      "the client's time-out passes in the second prepare",
      Decision.DONE,
      List.of(Order.DATABASE_FIRST),
      List.of(Fault.NONE),
      order -> Rules.asking("prepare", order.second())),
  LATE_BEFORE_DECISION(
      "20c",
      "the client's time-out passes before the decision",
      Decision.DONE,
      List.of(Order.DATABASE_FIRST),
      List.of(Fault.NONE),
      order -> Rules.beforeDecision()),
  CLOCK_AHEAD(
      "21a",
      "the coordinator's clock goes ten minutes ahead before the decision",
      Decision.DONE,
      order -> Rules.beforeDecision()),
  CLOCK_BACK(
      "21b",
      "the coordinator's clock goes ten minutes back before the decision",
      Decision.DONE,
      order -> Rules.beforeDecision()),
  BEGIN_REPEATED("22a", "begin, repeated by the client", Decision.DONE),
  RECEIVE_REPEATED("22b", "receive; the client begins anew", Decision.AGAINST),
  STATEMENTS_REPEATED("22c", "statements; the client begins anew", Decision.AGAINST),
  COMMIT_REPEATED("22d", "commit, repeated by the client", Decision.DONE),
  ROLLBACK_REPEATED("22e", "rollback, repeated by the client", Decision.AGAINST),
  EMPTY_LOG(
      "23",
      "coordinator killed at 11, started with an empty log; an operator resolves",
      Decision.DONE,
      List.of(Order.values()),
      List.of(Fault.COORDINATOR_KILLED),
      order -> Rules.asking("commit", order.second()));

  private final String number;
  private final String title;
  private final Decision decision;
  private final List<Order> orders;
  private final List<Fault> faults;
  private final Function<Order, List<String>> rules;
  private Prepared prepared;
  private Next next = Next.NOTHING_SEEN;
  private Point before;

  Point(
      String number,
      String title,
      Decision decision,
      List<Order> orders,
      List<Fault> faults,
      Function<Order, List<String>> rules) {
    this.number = number;
    this.title = title;
    this.decision = decision;
    this.orders = orders;
    this.faults = faults;
    this.rules = rules;
  }

  /** In a unit of work. */
  Point(
      String number,
      String title,
      Decision decision,
      Prepared prepared,
      Next next,
      Function<Order, List<String>> rules) {
    this(number, title, decision, List.of(Order.values()), Fault.before(next), rules);
    this.prepared = prepared;
    this.next = next;
  }

  /** In the recovery from a kill at another point. */
  Point(
      String number,
      String title,
      Decision decision,
      Point before,
      Next next,
      Function<Order, List<String>> rules) {
    this(number, title, decision, List.of(Order.values()), Fault.before(next), rules);
    this.before = before;
    this.next = next;
  }

  /** An answer that is the fault. */
  Point(String number, String title, Decision decision, Function<Order, List<String>> rules) {
    this(number, title, decision, List.of(Order.values()), List.of(Fault.NONE), rules);
  }

  /** A call of a client's whose answer is lost. */
  Point(String number, String title, Decision decision) {
    this(
        number,
        title,
        decision,
        List.of(Order.DATABASE_FIRST),
        List.of(Fault.REPLY_LOST),
        order -> List.of());
  }

  String number() {
    return number;
  }

  String title() {
    return title;
  }

  List<String> rules(Order order) {
    return rules.apply(order);
  }

  /** Where the coordinator is killed first; empty where the point is not one of recovery. */
  Optional<Point> before() {
    return Optional.ofNullable(before);
  }

  /** Whether the point lies in a participant's doing, and not before it. */
  boolean isInCall() {
    return switch (this) {
      case IN_FIRST_PREPARE,
          IN_FIRST_COMMIT,
          IN_ROLLBACK,
          IN_RECOVERYS_COMMIT,
          IN_RECOVERYS_ROLLBACK ->
          true;
      default -> false;
    };
  }

  /** What can happen here from outside. */
  List<Fault> faults(Order order) {
    return orders.contains(order) ? faults : List.of();
  }

  /** What happens when the thread that is held here goes on. */
  Next next() {
    return next;
  }

  /** The participants that hold a prepared branch here; empty where that varies. */
  Optional<List<String>> prepared(Order order) {
    return Optional.ofNullable(prepared).map(which -> which.participants(order));
  }

  /** What becomes of the unit of work that is caught here. */
  Outcome outcome(Fault fault, Order order) {
    return switch (decision) {
      case NOT_YET -> isPreparedAlready(fault, order) ? Outcome.COMMITTED : Outcome.ROLLED_BACK;
      case NOW -> fault == Fault.COORDINATOR_KILLED ? Outcome.ROLLED_BACK : Outcome.COMMITTED;
      case DONE -> Outcome.COMMITTED;
      case AGAINST -> Outcome.ROLLED_BACK;
      case DISOBEYED -> Outcome.HEURISTIC;
    };
  }

  /** Who has voted may come back later; the other, and the coordinator, go on. */
  private boolean isPreparedAlready(Fault fault, Order order) {
    return this == BETWEEN_PREPARES && fault == Fault.killOf(order.first());
  }
}
