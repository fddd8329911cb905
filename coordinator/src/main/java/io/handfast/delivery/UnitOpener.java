package io.handfast.delivery;

import io.handfast.commit.PositionCommit;
import io.handfast.commit.Protocols;
import io.handfast.commit.SequentialCommit;
import io.handfast.commit.SequentialCommit.Acknowledgement;
import io.handfast.commit.Sessions;
import io.handfast.commit.SharedMember;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.commit.UnitOfWork;
import io.handfast.commit.Units;
import io.handfast.concurrent.Monitor;
import io.handfast.concurrent.Scheduling;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.message.Broker;
import io.handfast.message.BrokerException;
import io.handfast.message.LeaseBound;
import io.handfast.message.Message;
import io.handfast.message.PositionedSession;
import io.handfast.message.Prefetch;
import io.handfast.message.Source;
import io.handfast.message.SourceConnector;
import io.handfast.message.SourceSession;
import io.handfast.node.Participants;
import io.handfast.transaction.RefusedException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Opens the sessions of a delivery's consumers and begins their units. The first time after a start
 * it checks that the sink can do its part. Thread-safe: one check at a time, and no other work
 * waits for it.
 */
final class UnitOpener {

  private static final Logger LOG = Logger.getLogger(UnitOpener.class);

  /** A unit without a handler never lets its transaction wait for more than its branch. */
  private static final Duration LONGEST_STANDSTILL = Duration.ofMinutes(1);

  /** Consumers ask for messages again and again. */
  private static final Duration ALWAYS = Duration.ofDays(365);

  /** So long before ids are removed a client is to be done with its messages. */
  private static final Duration SPARE = Duration.ofMinutes(1);

  /** How many units prepare their source last after one whose statements were refused. */
  private static final int PREPARED_LAST = 20;

  private final String name;
  private final DeliverySpecification specification;
  private final Participants participants;
  private final Protocols protocols;
  private final SpecificationCheck check;
  private final UnitGate gate;
  private final PeerProtocol peers;
  private final InboxState.Keeping keeping;
  private final Lock checking = Scheduling.newLock();
  private volatile InboxState inbox;
  private volatile boolean checked;
  private final Monitor sharing = new Monitor();
  private volatile @Nullable SharedMember member;
  private final AtomicInteger preparedLast = new AtomicInteger();

  UnitOpener(
      String name,
      DeliverySpecification specification,
      Participants participants,
      Protocols protocols,
      SpecificationCheck check,
      UnitGate gate,
      PeerProtocol peers,
      InboxState.Keeping keeping) {
    this.name = name;
    this.specification = specification;
    this.participants = participants;
    this.protocols = protocols;
    this.check = check;
    this.gate = gate;
    this.peers = peers;
    this.keeping = keeping;
    this.inbox = new InboxState(Set.of(), specification.source(), keeping);
  }

  /** The delivery has been started: what was checked may have changed since. */
  void begin() {
    checked = false;
    peers.begin();
  }

  /** The delivery has ended in order, and has nothing in flight. */
  void end() {
    SharedMember left = member;
    if (left != null) {
      left.close();
    }
    peers.withdraw();
  }

  /** What is known of the delivery's inbox. */
  InboxState inbox() {
    return inbox;
  }

  /**
   * Checks, unless that was done since the start; and every now and then, whether other nodes run
   * the delivery under the same protocol.
   *
   * @throws RefusedException they do not
   */
  void checkOnce()
      throws InvalidDeliveryException, SQLException, BrokerException, RefusedException {
    checking.lock();
    try {
      if (!checked) {
        check.require(name, specification);
        inbox = openInbox();
        checked = true;
      }
    } finally {
      checking.unlock();
    }
    peers.require();
  }

  /**
   * Opens sessions for a consumer, which consumes from the source.
   *
   * @throws InvalidDeliveryException the delivery cannot work as specified
   */
  Sessions sessions(Prefetch prefetch) throws Exception {
    checkOnce();
    Sessions sessions = new Sessions(opener(prefetch));
    boolean isOpen = false;
    try {
      String database = specification.databaseName();
      if (database != null) {
        sessions.database(database);
      }
      if (specification.isPositioned()) {
        sessions.positioned();
      } else {
        sessions.messages().expect(ALWAYS);
      }
      sessions.target();
      gate.requireHeld();
      isOpen = true;
      return sessions;
    } finally {
      if (!isOpen) {
        sessions.close();
      }
    }
  }

  /**
   * Opens sessions, each when it is first needed.
   *
   * @throws InvalidDeliveryException the delivery cannot work as specified
   */
  Sessions lazySessions() throws Exception {
    checkOnce();
    gate.requireHeld();
    return new Sessions(opener(Prefetch.ON_DEMAND));
  }

  private Sessions.Opener opener(Prefetch prefetch) {
    boolean isXa = specification.isTwoPhaseCommit();
    boolean isPrepared = specification.isPrepared();
    return new Sessions.Opener() {
      @Override
      public SourceSession messages() throws BrokerException {
        SourceConnector source = participants.sources().of(specification.source());
        return consuming(isPrepared ? source.openXa(prefetch) : source.openLocal(prefetch));
      }

      @Override
      public PositionedSession positioned() throws BrokerException {
        return consuming(participants.sources().of(specification.source()).openPositioned());
      }

      @Override
      public boolean hasTarget() {
        return specification.hasTarget();
      }

      @Override
      public boolean preparesTarget() {
        return specification.preparesTarget();
      }

      @Override
      public SourceSession target() throws Exception {
        Broker broker = participants.broker();
        Prefetch none = Prefetch.ON_DEMAND;
        SourceSession session = preparesTarget() ? broker.openXa(none) : broker.openLocal(none);
        boolean isHeld = false;
        try {
          gate.requireHeld();
          isHeld = true;
          return session;
        } finally {
          if (!isHeld) {
            session.close();
          }
        }
      }

      @Override
      public DatabaseSession database(String database) throws SQLException, RefusedException {
        String only = specification.databaseName();
        if (!database.equals(only)) {
          throw UnitOfWork.secondDatabase(String.valueOf(only), database);
        }
        Database known = participants.database(database).orElseThrow();
        return isXa ? known.openXa() : known.openLocal();
      }
    };
  }

  /**
   * Checks, every now and then, whether other nodes run the delivery under the same protocol.
   *
   * @throws RefusedException they do not
   */
  void checkPeers() throws RefusedException, SQLException {
    peers.require();
  }

  private <S extends SourceSession> S consuming(S session) throws BrokerException {
    boolean isConsuming = false;
    try {
      session.consume(specification.source());
      isConsuming = true;
      return session;
    } finally {
      if (!isConsuming) {
        session.close();
      }
    }
  }

  /** The units of a consumer: a guarantee is the protocol that settles them. */
  Units units(Sessions sessions) {
    if (specification.isTwoPhaseCommit()) {
      return () -> protocols.twoPhaseCommit().begin(sessions);
    }
    String database = specification.databaseName();
    boolean waitsForHandler = specification.handler() != null;
    Duration longest = waitsForHandler ? TwoPhaseCommit.LONGEST_UNIT : LONGEST_STANDSTILL;
    if (specification.isPositioned() && database != null) {
      return protocols.positionCommit().on(sessions, database, reader(), order(), longest);
    }
    if (specification.isLocalCommit() && database != null) {
      return protocols.localCommit().on(sessions, database, name, longest);
    }
    if (specification.isLeased() && specification.preparesTarget() && database != null) {
      return protocols.localCommit().ofLeases(sessions, database, name, longest, sourceKind());
    }
    Acknowledgement acknowledgement =
        specification.guarantee() == Guarantee.AT_MOST_ONCE
            ? Acknowledgement.BEFORE_APPLYING
            : Acknowledgement.AFTER_ROWS;
    if (specification.isLeased()) {
      return new LeasedUnits(sessions, acknowledgement, sourceKind());
    }
    return () -> new SequentialCommit(sessions, acknowledgement);
  }

  private String sourceKind() {
    return participants.sources().of(specification.source()).capabilities().kind();
  }

  /**
   * The member of the group that clients who pull share; it joins with the first of them.
   *
   * @throws IllegalStateException the source has no positions
   */
  SharedMember member() {
    try (Monitor held = sharing.enter()) {
      SharedMember known = member;
      if (known == null) {
        LeaseBound bound = leaseBound();
        known =
            protocols
                .positionCommit()
                .share(
                    opener(Prefetch.ON_DEMAND),
                    Objects.requireNonNull(specification.databaseName()),
                    reader(),
                    bound == null ? TwoPhaseCommit.LONGEST_UNIT : bound.longest());
        member = known;
      }
      return known;
    }
  }

  /** For how long a client may keep messages; null where the source sets no bound. */
  @Nullable LeaseBound leaseBound() {
    return boundOf(specification, participants, keeping.time());
  }

  /** For how long from now on it may keep these messages; a lease may end with their receive. */
  @Nullable LeaseBound leaseBound(List<Message> messages) {
    LeaseBound bound = leaseBound();
    Instant now = keeping.clock().instant();
    Instant first =
        messages.stream()
            .map(Message::receivedAt)
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElse(now);
    return bound == null || !specification.isLeased()
        ? bound
        : bound.after(Duration.between(first, now));
  }

  /**
   * The same of a specification: its source sets a bound, and so does the inbox, which cannot tell
   * messages that were received for longer than it keeps ids from second copies.
   */
  static @Nullable LeaseBound boundOf(
      DeliverySpecification specification, Participants participants, Duration keep) {
    LeaseBound bound =
        participants
            .sources()
            .find(specification.source())
            .flatMap(SourceConnector::leaseBound)
            .orElse(null);
    Duration half = keep.dividedBy(2);
    Duration kept = keep.minus(half.compareTo(SPARE) < 0 ? half : SPARE);
    boolean isKept = specification.isLeased() && specification.isIdempotency();
    return bound == null || !isKept || bound.longest().compareTo(kept) <= 0
        ? bound
        : new LeaseBound(
            kept,
            "handfast.inbox.keep is %s, and what is kept for longer could not be told from a second copy"
                .formatted(keep));
  }

  /** Units of messages that their source keeps and hands out again, after a time. */
  private record LeasedUnits(Sessions sessions, Acknowledgement acknowledgement, String source)
      implements Units {

    @Override
    public UnitOfWork begin() {
      return new SequentialCommit(sessions, acknowledgement, source);
    }

    /** The unit has told its source so, before it was rolled back. */
    @Override
    public boolean hold(Message message, int failures, Duration delay) {
      return true;
    }
  }

  private PositionCommit.Reader reader() {
    Source source = specification.source();
    String group = Objects.requireNonNull(source.group()).name();
    return new PositionCommit.Reader(name, source.name(), group);
  }

  /** Idempotency does not rest on positions alone: Kafka keeps how far it is as well. */
  private PositionCommit.Order order() {
    if (specification.isIdempotency()) {
      return PositionCommit.Order.AFTER_ROWS;
    }
    return switch (specification.guarantee()) {
      case EXACTLY_ONCE -> PositionCommit.Order.WITH_ROWS;
      case AT_LEAST_ONCE -> PositionCommit.Order.AFTER_ROWS;
      case AT_MOST_ONCE -> PositionCommit.Order.BEFORE_APPLYING;
    };
  }

  /** A unit was rolled back that had prepared its source too soon: the next ones do so last. */
  void prepareLast() {
    preparedLast.set(PREPARED_LAST);
  }

  /** Whether a unit is to prepare its source while its statements run, where it can. */
  boolean isPreparedEarly() {
    return preparedLast.getAndUpdate(left -> Math.max(0, left - 1)) == 0;
  }

  /**
   * Between two units: removes from the inbox what the broker has released, and where the source is
   * empty also what a crash has left.
   */
  void tidyInbox(Sessions sessions, InboxState.SourceCount source) throws Exception {
    String database = specification.databaseName();
    if (!specification.isIdempotency() || database == null) {
      return;
    }
    if (inbox.isSweepDue()) {
      DatabaseSession session = sessions.database(database);
      List<String> all = session.inbox(name).ids();
      session.commit();
      // Read before the count: an id whose message is still there makes the count more than zero.
      if (!all.isEmpty() && source.messages() == 0) {
        inbox.confirmed(all);
      }
    }
    removeConfirmed(sessions, database);
  }

  /**
   * Between two units: every now and then, removes ids that were kept for long enough, and asks the
   * database for its time, by which ids must be recorded.
   */
  void tendInbox(Sessions sessions) throws Exception {
    String database = specification.databaseName();
    if (!specification.isIdempotency() || database == null) {
      return;
    }
    if (inbox.isExpiryDue()) {
      DatabaseSession session = sessions.database(database);
      inbox.expire(session.inbox(name));
      session.commit();
    }
    if (inbox.isTimeDue()) {
      DatabaseSession session = sessions.database(database);
      inbox.note(session.inbox(name).now());
      session.commit();
    }
  }

  /**
   * Removes from the inbox what the broker has released; opens no session where that is nothing.
   */
  void removeConfirmed(Sessions sessions, String database) throws Exception {
    List<String> gone = inbox.takeConfirmed();
    if (gone.isEmpty()) {
      return;
    }
    boolean isRemoved = false;
    try {
      DatabaseSession session = sessions.database(database);
      inbox.settle(session.inbox(name), gone);
      session.commit();
      isRemoved = true;
    } finally {
      if (!isRemoved) {
        inbox.confirmed(gone);
      }
    }
  }

  /**
   * What a delivery that does not use the inbox has left in it under an earlier protocol. Of
   * partitions all protocols keep the position, so that what was applied does not come again.
   */
  private InboxState openInbox() throws SQLException {
    Database database =
        Optional.ofNullable(specification.databaseName())
            .flatMap(participants::database)
            .orElse(null);
    boolean areThere =
        database != null && !specification.isIdempotency() && !specification.isPositioned();
    Set<String> found = areThere ? leftovers(name, database) : Set.of();
    return new InboxState(found, specification.source(), keeping);
  }

  /**
   * None where the user may not read the inbox: it is another user's, and this one's is nowhere.
   */
  private static Set<String> leftovers(String name, Database database) throws SQLException {
    try {
      return database.inboxOf(name);
    } catch (SQLException e) {
      if (!database.isForbidden(e)) {
        throw e;
      }
      LOG.warnf(
          "inbox not read delivery=%s participant=%s: its user may not read handfast_inbox (%s), so ids that another user has left there for this delivery are not known; grant SELECT on it, or set the schema of this database to one of the user's own",
          name, database.name(), e.getMessage());
      return Set.of();
    }
  }
}
