package io.handfast.database;

import static io.handfast.database.Units.branch;
import static io.handfast.database.Units.messages;
import static io.handfast.database.Units.statements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.handfast.participant.Fence;
import io.handfast.participant.RecoverySession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each implementation of the database port must do, in memory and for real. */
abstract class DatabaseContract extends InboxContract {

  /** A database with an inbox and an empty table {@code t} whose first column is its key. */
  @Override
  abstract Database database();

  /** The committed values of the first column, in order, joined by commas. */
  @Override
  abstract String ids() throws SQLException;

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(prepared()).isEmpty();
  }

  private static final Marker.Place PLACE = new Marker.Place("namespace", "delivery", "node", "");

  private Marker.Slot slot(DatabaseSession session) throws Exception {
    database().createMarker();
    return session.marker().open(PLACE, Duration.ofMinutes(1));
  }

  private Optional<Marker.Row> takenOver(String slot) throws Exception {
    try (DatabaseSession session = database().openLocal()) {
      return session.marker().takeOver(slot);
    }
  }

  @Test
  void theMarkerTellsTheLastCommittedUnitOfASlot() throws Exception {
    try (DatabaseSession session = database().openLocal()) {
      Marker.Slot slot = slot(session);
      assertThat(session.marker().table()).contains(slot.table());
      for (int unit = 1; unit <= 3; unit++) {
        insert(session, unit);
        assertThat(session.marker().write(slot, unit == 1 ? "" : "u" + (unit - 1), "u" + unit))
            .isTrue();
        if (unit < 3) {
          session.commit();
        }
      }
      session.rollback();

      assertThat(takenOver(slot.id())).contains(new Marker.Row(2, "u2", false));
      assertThat(takenOver(slot.id())).contains(new Marker.Row(2, "u2", true));
    }
    assertThat(ids()).isEqualTo("1,2");
  }

  @Test
  void aSlotThatWasTakenOverIsNotItsOwnersAnyMore() throws Exception {
    try (DatabaseSession owner = database().openLocal()) {
      Marker.Slot slot = slot(owner);
      assertThat(takenOver(slot.id())).contains(new Marker.Row(0, "", false));

      insert(owner, 1);
      assertThat(owner.marker().write(slot, "", "u1")).isFalse();
      owner.rollback();
      owner.marker().close(slot, "");

      assertThat(takenOver(slot.id())).as("kept for its branches").isPresent();
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void aSlotIsTakenOverAfterTheCommitUnderWay() throws Exception {
    DatabaseSession owner = database().openLocal();
    Marker.Slot slot = slot(owner);
    insert(owner, 1);
    assertThat(owner.marker().write(slot, "", "u1")).isTrue();

    try (DatabaseSession other = database().openLocal()) {
      assertThatThrownBy(() -> other.marker().takeOver(slot.id()))
          .as("its owner may still commit")
          .isInstanceOf(SQLException.class);
    }
    owner.commit();
    owner.close();

    assertThat(takenOver(slot.id())).contains(new Marker.Row(1, "u1", false));
  }

  @Test
  void aUnitThatWasAnnouncedIsWrittenThoughItsStatementsWereUndoneAndDoneAgain() throws Exception {
    try (DatabaseSession session = database().openLocal()) {
      Marker.Slot slot = slot(session);
      insertUndoably(session, 1);
      session.rollback(); // the types are known
      session.marker().announce(slot, "", "u1");
      insertUndoably(session, 1);
      session.rollback();
      insertUndoably(session, 2);
      assertThat(session.marker().write(slot, "", "u1")).isTrue();
      session.commit();

      assertThat(takenOver(slot.id())).contains(new Marker.Row(1, "u1", false));
    }
    assertThat(ids()).isEqualTo("2");
  }

  @Test
  void aUnitThatWasAnnouncedIsWrittenOnceWhateverBecomesOfItsStatements() throws Exception {
    try (DatabaseSession session = database().openLocal()) {
      Marker.Slot slot = slot(session);
      for (int unit = 1; unit <= 4; unit++) { // in one round trip once the types are known
        String previous = unit == 1 ? "" : "u" + (unit - 1);
        session.marker().announce(slot, previous, "u" + unit);
        insertUndoably(session, unit);
        assertThat(session.marker().write(slot, previous, "u" + unit)).isTrue();
        session.commit();
      }
      session.marker().announce(slot, "u4", "u5");
      assertThatThrownBy(() -> insertUndoably(session, 4)).isInstanceOf(SQLException.class);
      session.rollbackToSavepoint();
      insertUndoably(session, 5);
      assertThat(session.marker().write(slot, "u4", "u5")).isTrue();
      session.commit();
      session.marker().announce(slot, "another", "u6");
      insertUndoably(session, 6);
      assertThat(session.marker().write(slot, "another", "u6")).isFalse();
      session.rollback();

      assertThat(takenOver(slot.id())).contains(new Marker.Row(5, "u5", false));
    }
    assertThat(ids()).isEqualTo("1,2,3,4,5");
  }

  @Test
  void aUnitIsWrittenOverTheOneBeforeItOnly() throws Exception {
    try (DatabaseSession owner = database().openLocal()) {
      Marker.Slot slot = slot(owner);
      assertThat(owner.marker().write(slot, "another", "u1")).isFalse();
      owner.rollback();

      assertThat(takenOver(slot.id())).contains(new Marker.Row(0, "", false));
    }
  }

  @Test
  void aSlotIsFoundByItsNameWhichNoOtherHas() throws Exception {
    String name = "transaction-1";
    try (DatabaseSession session = database().openLocal()) {
      database().createMarker();
      Marker marker = session.marker();
      Marker.Place place = new Marker.Place("namespace", "", "node", name);
      assertThat(marker.find(name)).isEmpty();
      Marker.Slot slot = marker.open(place, Duration.ofMinutes(1));
      assertThat(marker.find(name)).contains(new Marker.Found(slot.id(), "node", 0, false));
      assertThatThrownBy(() -> marker.open(place, Duration.ofMinutes(1)))
          .isInstanceOf(Marker.NameTakenException.class);
      assertThat(marker.write(slot, "", "u1")).isTrue();
      session.commit();
      assertThat(marker.find(name)).contains(new Marker.Found(slot.id(), "node", 1, false));
      takenOver(slot.id());

      assertThat(marker.find(name)).contains(new Marker.Found(slot.id(), "node", 1, true));
    }
  }

  @Test
  void aSlotIsClosedByItsOwner() throws Exception {
    try (DatabaseSession owner = database().openLocal()) {
      Marker.Slot slot = slot(owner);
      assertThat(owner.marker().write(slot, "", "u1")).isTrue();
      owner.commit();
      owner.marker().close(slot, "another");
      assertThat(owner.marker().write(slot, "u1", "u2")).isTrue();
      owner.commit();
      owner.marker().close(slot, "u2");

      assertThat(takenOver(slot.id())).isEmpty();
    }
  }

  @Test
  void statementsTakeEffectAtCommitAndNotBefore() throws Exception {
    try (DatabaseSession session = database().openLocal()) {
      insert(session, 1);
      assertThat(ids()).isEmpty();
      session.commit();
      assertThat(ids()).isEqualTo("1");
    }
    try (DatabaseSession session = database().openXa()) {
      prepare(session, branch("b1"), 2);
      assertThat(ids()).isEqualTo("1");
      session.xaResource().commit(branch("b1"), false);
      assertThat(ids()).isEqualTo("1,2");
    }
  }

  @Test
  void aBranchOfAnAbandonedSessionIsUndoneUnlessItIsPrepared() throws Exception {
    DatabaseSession prepared = database().openXa();
    prepare(prepared, branch("b1"), 1);
    prepared.abandon();
    DatabaseSession open = database().openXa();
    open.xaResource().start(branch("b2"), XAResource.TMNOFLAGS);
    insert(open, 2);
    open.abandon();

    assertThat(open.isUsable()).isFalse();
    assertThat(prepared()).containsExactly(branch("b1"));
    try (DatabaseSession session = database().openLocal()) {
      insert(session, 2); // its lock is free
      session.rollback();
    }
    try (RecoverySession recovery = database().openForRecovery()) {
      recovery.rollback(branch("b1"));
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void anUnknownBranchIsAnsweredAsSuch() throws Exception {
    try (RecoverySession recovery = database().openForRecovery()) {
      assertNotKnown(() -> recovery.commit(branch("unknown")));
      assertNotKnown(() -> recovery.rollback(branch("unknown")));
    }
    try (DatabaseSession session = database().openXa()) {
      prepare(session, branch("b1"), 1);
      session.xaResource().commit(branch("b1"), false);
    }
    try (RecoverySession recovery = database().openForRecovery()) {
      assertNotKnown(() -> recovery.commit(branch("b1")));
      assertNotKnown(() -> recovery.rollback(branch("b1")));
    }
    assertThat(ids()).isEqualTo("1");
  }

  private static void assertNotKnown(ThrowingCallable call) {
    XAException refused = catchThrowableOfType(XAException.class, call);
    assertThat(refused.errorCode).isEqualTo(XAException.XAER_NOTA);
  }

  @Test
  void aWaitForALockEndsAndIsNoMessagesFault() throws Exception {
    try (DatabaseSession first = database().openLocal();
        DatabaseSession second = database().openLocal()) {
      insert(first, 1);
      SQLException waited = catchThrowableOfType(SQLException.class, () -> insert(second, 1));
      assertThat(second.classify(waited)).isNotEqualTo(SqlFailure.POISON);
      assertThat(second.isUsable()).isTrue();
      second.rollback();
      first.commit();

      SQLException duplicate = catchThrowableOfType(SQLException.class, () -> insert(second, 1));
      assertThat(second.classify(duplicate)).isEqualTo(SqlFailure.POISON);
      second.rollback();
    }
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void aUnitWhoseAnswerIsLostIsThereAsAWholeOrNotAtAll() throws Exception {
    for (int round = 0; round < 20; round++) {
      DatabaseSession session = database().openLocal();
      insert(session, 2 * round);
      insert(session, 2 * round + 1);
      CompletableFuture<Void> loss = CompletableFuture.runAsync(session::abandon);
      try {
        session.commit();
      } catch (SQLException | IllegalStateException e) {
        assertThat(session.isUsable()).isFalse();
      }
      loss.join();
    }
    List<String> there = List.of(ids().split(","));
    for (int round = 0; round < 20; round++) {
      assertThat(there.contains("" + 2 * round)).isEqualTo(there.contains("" + (2 * round + 1)));
    }
  }

  @Test
  void aNameIsHeldUntilItIsReleased() throws Exception {
    try (Fence held = database().claim("contract")) {
      assertThat(held.isHeld()).isTrue();
    }
    try (Fence again = database().claim("contract")) {
      assertThat(again.isHeld()).isTrue();
    }
  }

  @Test
  void aLocalUnitIsThereAfterCommitAndNotAfterRollback() throws Exception {
    try (DatabaseSession session = database().openLocal()) {
      insert(session, 1);
      session.commit();
      insert(session, 2);
      session.rollback();
      assertThat(session.isUsable()).isTrue();
    }
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void closingASessionGivesUpItsUnit() throws Exception {
    try (DatabaseSession session = database().openLocal()) {
      insert(session, 1);
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void oneSessionServesBranchAfterBranch() throws Exception {
    try (DatabaseSession session = database().openXa()) {
      prepare(session, branch("b1"), 1);
      session.xaResource().commit(branch("b1"), false);
      prepare(session, branch("b2"), 2);
      session.xaResource().rollback(branch("b2"));
      session.xaResource().start(branch("b3"), XAResource.TMNOFLAGS);
      insert(session, 3);
      session.xaResource().end(branch("b3"), XAResource.TMFAIL);
      session.xaResource().rollback(branch("b3"));
      session.xaResource().start(branch("b4"), XAResource.TMNOFLAGS);
      insert(session, 4);
      session.xaResource().end(branch("b4"), XAResource.TMSUCCESS);
      session.xaResource().commit(branch("b4"), true);
      assertThat(session.isUsable()).isTrue();
    }
    assertThat(ids()).isEqualTo("1,4");
  }

  @Test
  void aPreparedBranchOutlivesItsSessionAndCanBeCommitted() throws Exception {
    try (DatabaseSession session = database().openXa()) {
      prepare(session, branch("b1"), 1);
    }
    assertThat(ids()).isEmpty();
    try (RecoverySession recovery = database().openForRecovery()) {
      assertThat(recovery.preparedBranches()).containsExactly(branch("b1"));
      recovery.commit(recovery.preparedBranches().get(0));
    }
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void severalRecoveredBranchesCanBeRolledBackOnOneConnection() throws Exception {
    for (int i = 1; i <= 3; i++) {
      try (DatabaseSession session = database().openXa()) {
        prepare(session, branch("b" + i), i);
      }
    }
    try (RecoverySession recovery = database().openForRecovery()) {
      List<Xid> branches = recovery.preparedBranches();
      assertThat(branches).containsExactlyInAnyOrder(branch("b1"), branch("b2"), branch("b3"));
      recovery.rollback(branch("b1"));
      recovery.commit(branch("b2"));
      recovery.rollback(branch("b3"));
      assertThat(recovery.preparedBranches()).isEmpty();
    }
    assertThat(ids()).isEqualTo("2");
    try (DatabaseSession session = database().openLocal()) {
      insert(session, 1); // no lock is left behind
      session.commit();
    }
  }

  @Test
  void failedWorkIsNeverPrepared() throws Exception {
    try (DatabaseSession session = database().openXa()) {
      session.xaResource().start(branch("b1"), XAResource.TMNOFLAGS);
      insert(session, 1);
      assertThatThrownBy(() -> insert(session, 1)).isInstanceOf(SQLException.class);
      session.xaResource().end(branch("b1"), XAResource.TMSUCCESS);
      assertThatThrownBy(() -> session.xaResource().prepare(branch("b1")))
          .isInstanceOf(XAException.class);
      session.xaResource().rollback(branch("b1"));
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void failedWorkIsNeverCommittedInOnePhase() throws Exception {
    try (DatabaseSession session = database().openXa()) {
      session.xaResource().start(branch("b1"), XAResource.TMNOFLAGS);
      insert(session, 1);
      assertThatThrownBy(() -> insert(session, 1)).isInstanceOf(SQLException.class);
      session.xaResource().end(branch("b1"), XAResource.TMSUCCESS);
      assertThatThrownBy(() -> session.xaResource().commit(branch("b1"), true))
          .isInstanceOf(XAException.class);
    }
    try (DatabaseSession session = database().openLocal()) {
      insert(session, 1);
      assertThatThrownBy(
              () -> session.execute(statements("DELETE FROM t WHERE id = :x"), messages("no")))
          .isInstanceOf(PoisonException.class);
      assertThatThrownBy(session::commit).isInstanceOf(IllegalStateException.class);
      session.rollback();
      session.commit();
    }
    assertThat(ids()).isEmpty();
  }

  /** Whether it takes one round trip to the database or several. */
  @Test
  void undoingUndoesTheWholeAttemptAndNothingBefore() throws Exception {
    List<StatementTemplate> insert = statements("INSERT INTO t VALUES (:id, 'a', 0)");
    List<StatementTemplate> twice =
        statements("INSERT INTO t VALUES (:id, 'a', 0)", "INSERT INTO t VALUES (:other, 'a', 0)");
    try (DatabaseSession session = database().openXa()) {
      session.xaResource().start(branch("b1"), XAResource.TMNOFLAGS);
      undoes(session, twice, SQLException.class, "{\"id\": 1, \"other\": 1}");
      session.executeUndoably(insert, messages("{\"id\": 2}"), false);
      undoes(session, insert, PoisonException.class, "unreadable");
      undoes(session, twice, SQLException.class, "{\"id\": 3, \"other\": 2}");
      undoes(session, insert, SQLException.class, "{\"id\": 4}", "{\"id\": 4}");
      session.executeUndoably(insert, messages("{\"id\": 5}", "{\"id\": 6}"), false);
      session.xaResource().end(branch("b1"), XAResource.TMSUCCESS);
      session.xaResource().prepare(branch("b1"));
      session.xaResource().commit(branch("b1"), false);
      session.xaResource().start(branch("b2"), XAResource.TMNOFLAGS);
      undoes(session, insert, PoisonException.class, "unreadable");
      session.executeUndoably(twice, messages("{\"id\": 7, \"other\": 8}"), false);
      session.xaResource().end(branch("b2"), XAResource.TMSUCCESS);
      session.xaResource().commit(branch("b2"), true);
    }
    assertThat(ids()).isEqualTo("2,5,6,7,8");
  }

  @Test
  void aSavepointInABranchUndoesOnlyWhatFollowed() throws Exception {
    try (DatabaseSession session = database().openXa()) {
      session.xaResource().start(branch("b1"), XAResource.TMNOFLAGS);
      session.savepoint();
      insert(session, 1);
      session.savepoint();
      insert(session, 2);
      assertThatThrownBy(() -> insert(session, 1)).isInstanceOf(SQLException.class);
      session.rollbackToSavepoint();
      session.rollbackToSavepoint();
      insert(session, 3);
      session.xaResource().end(branch("b1"), XAResource.TMSUCCESS);
      session.xaResource().prepare(branch("b1"));
      session.xaResource().commit(branch("b1"), false);
    }
    assertThat(ids()).isEqualTo("1,3");
  }

  @Test
  void aBatchThatFailedLeavesNothingBehindForTheNextOne() throws Exception {
    List<StatementTemplate> insert = statements("INSERT INTO t VALUES (:id, 'a', 0)");
    try (DatabaseSession session = database().openLocal()) {
      session.savepoint();
      assertThatThrownBy(() -> session.execute(insert, messages("{\"id\": 1}", "no")))
          .isInstanceOf(PoisonException.class);
      session.rollbackToSavepoint();
      session.execute(insert, messages("{\"id\": 2}", "{\"id\": 3}"));
      session.savepoint();
      assertThatThrownBy(() -> session.execute(insert, messages("{\"id\": 4}", "{\"id\": 4}")))
          .isInstanceOf(SQLException.class);
      session.rollbackToSavepoint();
      session.execute(insert, messages("{\"id\": 5}", "{\"id\": 6}"));
      session.commit();
    }
    assertThat(ids()).isEqualTo("2,3,5,6");
  }

  private static void undoes(
      DatabaseSession session,
      List<StatementTemplate> statements,
      Class<? extends Throwable> failure,
      String... bodies)
      throws Exception {
    assertThatThrownBy(() -> session.executeUndoably(statements, messages(bodies), false))
        .isInstanceOf(failure);
    session.rollbackToSavepoint();
  }

  @Override
  void insert(DatabaseSession session, int id) throws Exception {
    session.execute(
        statements("INSERT INTO t VALUES (:id, 'a', 0)"), messages("{\"id\": " + id + "}"));
  }

  private void insertUndoably(DatabaseSession session, int id) throws Exception {
    session.executeUndoably(
        statements("INSERT INTO t VALUES (:id, 'a', 0)"), messages("{\"id\": " + id + "}"), false);
  }

  void prepare(DatabaseSession session, Xid branch, int id) throws Exception {
    session.xaResource().start(branch, XAResource.TMNOFLAGS);
    insert(session, id);
    session.xaResource().end(branch, XAResource.TMSUCCESS);
    assertThat(session.xaResource().prepare(branch)).isEqualTo(XAResource.XA_OK);
  }

  List<Xid> prepared() throws Exception {
    try (RecoverySession recovery = database().openForRecovery()) {
      return recovery.preparedBranches();
    }
  }
}
