package io.handfast.commit;

import io.handfast.commit.PositionCommit.Reader;
import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import io.handfast.concurrent.Threads;
import io.handfast.database.DatabaseSession;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.PositionedSession;
import io.handfast.message.PositionedSession.Advance;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.SourceSession;
import io.handfast.transaction.ErrorText;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One member of a group of consumers whose partitions many units use, each partition one unit at a
 * time.
 *
 * <p>Clients think for long between two calls, and the source takes a member that does not ask it
 * for dead: so one session is kept for all of them, and asked all the time. What a unit has
 * received of a partition is its own until it ends; the partition begins again then, where its row
 * says. The member joins with the first unit, and leaves where none came for a while: its
 * partitions go to members at which clients ask. Thread-safe; its session is used by one thread at
 * a time, in turn.
 */
public final class SharedMember implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(SharedMember.class);

  /** So long after the last unit the member leaves its group. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  /** Between two looks at what is to be done. */
  private static final Duration A_LOOK = Duration.ofMillis(500);

  /** The group has learnt that the member leaves, unless the source does not answer. */
  private static final Duration FAREWELL = Duration.ofSeconds(3);

  /** A call of the session ends before. */
  private static final Duration LONGEST_TURN = Duration.ofSeconds(30);

  /** The session while it is open, with the positions of its partitions. */
  private record Open(Sessions sessions, PositionedSession source, PositionUse use) {}

  /** What is done with the session. */
  @FunctionalInterface
  private interface Turn<T> {
    T take(Open open) throws Exception;
  }

  private final PositionCommit protocol;
  private final Sessions.Opener opener;
  private final String database;
  private final Reader reader;
  private final Duration longest;
  private final PositionUse positions;
  private final Monitor monitor = new Monitor();
  private final Map<Partition, Lane> inUse = new HashMap<>();
  private volatile @Nullable Open open;
  private Deadline leaves = Deadline.after(IDLE);
  private int waiting;
  private boolean isBusy;
  private boolean isResting;
  private boolean isKept;

  /**
   * One that has not joined yet.
   *
   * @param opener opens a session at the source, and those of the database for local transactions
   * @param longest after this a unit that stands still is ended by its database, where that can
   */
  SharedMember(
      PositionCommit protocol,
      Sessions.Opener opener,
      String database,
      Reader reader,
      Duration longest) {
    this.protocol = protocol;
    this.opener = opener;
    this.database = database;
    this.reader = reader;
    this.longest = longest;
    this.positions = new PositionUse(new Sessions(opener), database, reader, longest);
  }

  /** The units of one client, on sessions of their own. */
  public Units units() {
    Sessions own = new Sessions(new OfOneUnit());
    return protocol.on(own, positions.in(own));
  }

  private final class OfOneUnit implements Sessions.Opener {

    @Override
    public SourceSession messages() {
      throw new IllegalStateException("the source has positions");
    }

    @Override
    public PositionedSession positioned() {
      return new Lane(SharedMember.this);
    }

    @Override
    public DatabaseSession database(String name) throws Exception {
      DatabaseSession session = opener.database(name);
      boolean isSetUp = false;
      try {
        session.positions().setUp(longest);
        isSetUp = true;
        return session;
      } finally {
        if (!isSetUp) {
          session.close();
        }
      }
    }
  }

  /** Receives for a unit; the partitions that gave are its own from now on. */
  List<Message> receive(Lane lane, int max, Duration wait) throws BrokerException {
    return inTurn(
        member -> {
          member.use().begin(member.source(), partition -> !inUse.containsKey(partition));
          List<Message> messages = member.source().receive(member.use().atMost(max), wait);
          List<Advance> advances = member.source().received();
          member.source().settled();
          for (Advance advance : advances) {
            member.source().again(advance.partition());
            inUse.put(advance.partition(), lane);
          }
          lane.received(advances);
          return messages;
        });
  }

  /** The partitions of a unit may be another's. */
  void release(Lane lane) {
    try (Monitor held = monitor.enter()) {
      inUse.values().removeIf(holder -> holder == lane);
      leaves = Deadline.after(IDLE);
      held.changed();
    }
  }

  /** Tells the source how far partitions are applied, and says nothing where that fails. */
  void tell(Collection<Advance> advances) {
    if (open == null) {
      return;
    }
    try {
      inTurn(
          member -> {
            member.source().tell(advances);
            return true;
          });
    } catch (BrokerException e) {
      LOG.debugf("source not told delivery=%s: %s", reader.delivery(), ErrorText.readable(e));
    }
  }

  /** Leaves a partition alone for a time, in which others go on. */
  void rest(Partition partition, Duration time) throws BrokerException {
    inTurn(
        member -> {
          member.source().rest(partition, time);
          return true;
        });
  }

  private <T> T inTurn(Turn<T> turn) throws BrokerException {
    awaitTurn();
    boolean isSound = false;
    try {
      T done = turn.take(opened());
      isSound = true;
      return done;
    } catch (BrokerException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new BrokerException(ErrorText.readable(e), e);
    } finally {
      endTurn(isSound);
    }
  }

  private void awaitTurn() throws BrokerException {
    try (Monitor held = monitor.enter()) {
      waiting++;
      try {
        Open resting = open;
        if (isResting && resting != null) {
          resting.source().wakeUp();
        }
        if (!held.await(Deadline.after(LONGEST_TURN), () -> !isBusy)) {
          throw new BrokerException(
              "the session of delivery %s does not answer".formatted(reader.delivery()));
        }
        isBusy = true;
      } finally {
        waiting--;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted while it waited for messages", e);
    }
  }

  private void endTurn(boolean isSound) {
    if (!isSound) {
      leave();
    }
    try (Monitor held = monitor.enter()) {
      isBusy = false;
      isResting = false;
      held.changed();
    }
  }

  /** Joins the group, where it has not; the caller has the turn. */
  private Open opened() throws Exception {
    Open known = open;
    if (known == null) {
      Sessions sessions = new Sessions(opener);
      boolean isOpen = false;
      try {
        known = new Open(sessions, sessions.positioned(), positions.in(sessions));
        isOpen = true;
      } finally {
        if (!isOpen) {
          sessions.close();
        }
      }
      open = known;
    }
    try (Monitor held = monitor.enter()) {
      leaves = Deadline.after(IDLE);
      if (!isKept) {
        isKept = true;
        Threads.start(reader.delivery() + "-member", this::keep);
      }
    }
    return known;
  }

  /** Leaves the group; the caller has the turn. */
  private void leave() {
    Open known = open;
    open = null;
    if (known != null) {
      known.sessions().close();
    }
  }

  /** Stays a member while no unit receives, until it is to leave. */
  private void keep() {
    boolean isMember = true;
    while (isMember) {
      isMember = keepForAWhile();
    }
  }

  private boolean keepForAWhile() {
    Open known;
    boolean isOver;
    try (Monitor held = monitor.enter()) {
      held.await(() -> !isBusy && waiting == 0);
      known = open;
      isOver = known == null || inUse.isEmpty() && leaves.isOver();
      isBusy = true;
      isResting = !isOver;
      isKept = !isOver;
    } catch (InterruptedException e) {
      monitor.inside(() -> isKept = false);
      return false;
    }
    boolean isSound = false;
    try {
      if (known != null && !isOver) {
        known.source().rest(A_LOOK);
        isSound = true;
      }
    } catch (BrokerException | RuntimeException e) { // the next unit joins again, or says why not
      LOG.debugf("membership lost delivery=%s: %s", reader.delivery(), ErrorText.readable(e));
    } finally {
      endTurn(isSound);
    }
    return !isOver;
  }

  /**
   * Leaves the group as soon as no call is under way and no unit has a partition; the next unit
   * joins it again. Waits a moment for that, so that the group learns of it before a process ends.
   */
  @Override
  public void close() {
    try (Monitor held = monitor.enter()) {
      leaves = Deadline.after(Duration.ZERO);
      Open resting = open;
      if (isResting && resting != null) {
        resting.source().wakeUp();
      }
      held.changed();
      if (inUse.isEmpty()) {
        held.await(Deadline.after(FAREWELL), () -> open == null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
