package io.handfast.database;

import static io.handfast.database.Inbox.Terms.GONE_AT_ONCE;
import static io.handfast.database.Inbox.Terms.UNTIL_REMOVED;
import static io.handfast.database.Units.branch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.handfast.database.Inbox.LateException;
import io.handfast.database.Inbox.Terms;
import io.handfast.participant.RecoverySession;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each implementation of the port of the inbox must do. */
abstract class InboxContract extends PositionsContract {

  private static final String DELIVERY = "contract";

  @AfterEach
  void noIdIsLeft() throws Exception {
    database().clearInbox(DELIVERY);
  }

  @Test
  void theInboxKnowsWhatWasCommittedUntilItIsRemoved() throws Exception {
    try (DatabaseSession session = database().openLocal()) {
      Inbox inbox = session.inbox(DELIVERY);
      assertThat(inbox.record(List.of("a"), UNTIL_REMOVED)).isEmpty();
      session.rollback();
      assertThat(inbox.record(List.of("b", "a"), UNTIL_REMOVED)).isEmpty();
      session.commit();
      assertThat(inbox.record(List.of("c", "b"), UNTIL_REMOVED)).containsExactly("b");
      session.commit();
      assertThat(inbox.known(List.of("a", "x"))).containsExactly("a");
      assertThat(inbox.ids()).containsExactlyInAnyOrder("a", "b", "c");
      assertThat(session.inbox(DELIVERY + 2).known(List.of("a"))).isEmpty();
      inbox.remove(List.of("a", "c", "x"));
      session.commit();
    }
    assertThat(database().inboxOf(DELIVERY)).containsExactly("b");
    database().clearInbox(DELIVERY);
    assertThat(database().inboxOf(DELIVERY)).isEmpty();
  }

  @Test
  void theInboxIsOfTheBranchThatRecordsInIt() throws Exception {
    try (DatabaseSession session = database().openXa()) {
      session.xaResource().start(branch("b1"), XAResource.TMNOFLAGS);
      session.inbox(DELIVERY).record(List.of("a"), UNTIL_REMOVED);
      session.xaResource().end(branch("b1"), XAResource.TMSUCCESS);
      session.xaResource().prepare(branch("b1"));
    }
    assertThat(database().inboxOf(DELIVERY)).isEmpty();
    try (RecoverySession recovery = database().openForRecovery()) {
      recovery.commit(branch("b1"));
    }
    assertThat(database().inboxOf(DELIVERY)).containsExactly("a");
  }

  @Test
  void ofTwoUnitsWithOneIdOnlyOneTakesItForNew() throws Exception {
    try (DatabaseSession first = database().openLocal();
        DatabaseSession second = database().openLocal()) {
      assertThat(first.inbox(DELIVERY).record(List.of("a"), UNTIL_REMOVED)).isEmpty();
      SQLException waited =
          catchThrowableOfType(
              SQLException.class, () -> second.inbox(DELIVERY).record(List.of("a"), UNTIL_REMOVED));
      assertThat(second.classify(waited)).isNotEqualTo(SqlFailure.POISON);
      second.rollback();
      first.rollback();
      assertThat(second.inbox(DELIVERY).record(List.of("a"), UNTIL_REMOVED)).isEmpty();
      second.commit();
      assertThat(first.inbox(DELIVERY).record(List.of("a"), UNTIL_REMOVED)).containsExactly("a");
      first.rollback();
    }
  }

  @Test
  void idsOfMessagesThatAreGoneAreKnownUntilTheyExpire() throws Exception {
    try (DatabaseSession session = database().openLocal()) {
      Inbox inbox = session.inbox(DELIVERY);
      assertThat(inbox.record(List.of("a", "b", "c"), GONE_AT_ONCE)).isEmpty();
      assertThat(inbox.record(List.of("d"), UNTIL_REMOVED)).isEmpty();
      session.commit();
      Instant before = inbox.now().plusMillis(1);

      assertThat(inbox.record(List.of("a", "d"), GONE_AT_ONCE)).containsExactlyInAnyOrder("a", "d");
      assertThat(inbox.ids()).as("whose messages may come again").containsExactly("d");
      assertThat(database().inboxOf(DELIVERY)).containsExactly("d");
      assertThat(inbox.expire(before.minusSeconds(3600), 10)).isZero();
      assertThat(session.inbox(DELIVERY + 2).expire(before, 10)).isZero();
      assertThat(inbox.expire(before, 2)).isEqualTo(2);
      session.rollback();
      assertThat(inbox.expire(before, 2)).isEqualTo(2);
      assertThat(inbox.expire(before, 2)).isEqualTo(1);
      session.commit();
      assertThat(inbox.known(List.of("a", "b", "c", "d"))).containsExactly("d");
    }
  }

  @Test
  void anIdWhoseMessageMayComeAgainExpiresOnlyAfterItIsGone() throws Exception {
    Terms terms = new Terms(Duration.ofDays(14), null);
    try (DatabaseSession session = database().openLocal()) {
      Inbox inbox = session.inbox(DELIVERY);
      inbox.record(List.of("a", "b"), terms);
      session.commit();
      assertThat(inbox.ids()).containsExactlyInAnyOrder("a", "b");

      inbox.gone(List.of("a", "x"));
      session.commit();

      assertThat(inbox.ids()).containsExactly("b");
      assertThat(inbox.known(List.of("a", "b", "x"))).containsExactlyInAnyOrder("a", "b");
      assertThat(inbox.expire(inbox.now().plusMillis(1), 10)).isEqualTo(1);
      assertThat(inbox.expire(inbox.now().plus(Duration.ofDays(15)), 10)).isEqualTo(1);
      session.commit();
    }
  }

  @Test
  void whatComesTooLateIsNotRecordedAndIsNoCopy() throws Exception {
    try (DatabaseSession session = database().openLocal()) {
      Inbox inbox = session.inbox(DELIVERY);
      Instant now = inbox.now();
      Terms inTime = new Terms(Duration.ofDays(14), now.plus(Duration.ofHours(1)));
      assertThat(inbox.record(List.of("a"), inTime)).isEmpty();
      session.commit();
      assertThat(inbox.record(List.of("a", "b"), inTime)).containsExactly("a");
      session.rollback();

      assertThatThrownBy(() -> inbox.record(List.of("a", "b"), new Terms(Duration.ZERO, now)))
          .isInstanceOf(LateException.class)
          .hasMessageContaining("they come again");
      session.rollback();

      assertThat(inbox.known(List.of("a", "b"))).containsExactly("a");
    }
  }
}
