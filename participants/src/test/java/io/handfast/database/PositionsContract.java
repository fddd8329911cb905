package io.handfast.database;

import static io.handfast.database.Units.statements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.database.DeadLetterTable.Failure;
import io.handfast.database.DeadLetterTable.Letter;
import io.handfast.database.DeadLetterTable.Origin;
import io.handfast.database.DeadLetterTable.Stored;
import io.handfast.database.Positions.Held;
import io.handfast.database.Positions.Move;
import io.handfast.database.Positions.OtherGroupException;
import io.handfast.database.Positions.OwnerInUnitException;
import io.handfast.database.Positions.Place;
import io.handfast.database.Positions.Row;
import io.handfast.message.MessageBody;
import io.handfast.message.PositionedSession.Failed;
import io.handfast.message.PositionedSession.Position;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each implementation of the ports of positions and dead letters must do. */
abstract class PositionsContract {

  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final String CLUSTER = "kafka/c1";
  private static final Place FIRST = place("kafka/c1/t1/0", "g");
  private static final Place SECOND = place("kafka/c1/t1/1", "g");

  private static Place place(String slot, String group) {
    return new Place(slot, CLUSTER, "delivery", "orders", group);
  }

  private static Position at(long offset) {
    return new Position(offset, 3);
  }

  abstract Database database();

  abstract String ids() throws SQLException;

  abstract void insert(DatabaseSession session, int id) throws Exception;

  @AfterEach
  void noPositionIsLeft() throws Exception {
    database().createMarker();
    database().createDeadLetters();
    try (DatabaseSession session = database().openLocal()) {
      session.positions().remove(CLUSTER, "orders", "g");
      for (Stored stored : session.deadLetters().list("delivery", 100)) {
        session.deadLetters().remove(stored.number());
      }
      session.commit();
    }
  }

  private Held taken(DatabaseSession session, Place place) throws Exception {
    return session.positions().take(place, LONGEST).orElseThrow();
  }

  private void create(Place... places) throws Exception {
    database().createMarker();
    try (DatabaseSession session = database().openLocal()) {
      for (Place place : places) {
        session.positions().create(Map.of(place, at(5)));
      }
    }
  }

  private static boolean move(DatabaseSession session, Held held, long to) throws Exception {
    return session.positions().move(List.of(new Move(held, at(to))));
  }

  @Test
  void aPartitionWithoutARowIsInsertedOnceAndThenTaken() throws Exception {
    database().createMarker();
    try (DatabaseSession session = database().openLocal()) {
      Positions positions = session.positions();
      assertThat(positions.take(FIRST, LONGEST)).isEmpty();
      assertThat(positions.known(CLUSTER, "orders", "g")).isEmpty();
      positions.create(Map.of(FIRST, at(5), SECOND, at(7)));
      positions.create(Map.of(FIRST, at(99)));

      assertThat(taken(session, FIRST).row()).isEqualTo(Row.of(at(5)));
      assertThat(positions.known(CLUSTER, "orders", "g"))
          .isEqualTo(Map.of(FIRST.slot(), Row.of(at(5)), SECOND.slot(), Row.of(at(7))));
      assertThat(positions.known("kafka/c2", "orders", "g")).isEmpty();
      assertThat(positions.known(CLUSTER, "orders", "h")).isEmpty();
    }
  }

  @Test
  void aPositionIsMovedWithTheRowsOfItsUnit() throws Exception {
    create(FIRST, SECOND);
    try (DatabaseSession session = database().openLocal()) {
      Held first = taken(session, FIRST);
      Held second = taken(session, SECOND);
      insert(session, 1);
      assertThat(
              session
                  .positions()
                  .move(List.of(new Move(first, at(9)), new Move(second, new Position(6, -1)))))
          .isTrue();
      session.commit();
      insert(session, 2);
      assertThat(move(session, first.with(Row.of(at(9))), 10)).isTrue();
      session.rollback();

      assertThat(taken(session, FIRST).row()).isEqualTo(Row.of(at(9)));
      assertThat(taken(session, SECOND).row()).isEqualTo(Row.of(new Position(6, -1)));
    }
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void aPositionThatWasTakenIsNotItsFormerOwnersAnyMore() throws Exception {
    create(FIRST, SECOND);
    try (DatabaseSession former = database().openLocal();
        DatabaseSession next = database().openLocal()) {
      Held held = taken(former, FIRST);
      Held other = taken(former, SECOND);
      Held again = taken(next, FIRST);
      assertThat(again.term()).isEqualTo(held.term() + 1);
      assertThat(again.token()).isNotEqualTo(held.token());

      insert(former, 1);
      assertThat(former.positions().move(List.of(new Move(held, at(9)), new Move(other, at(9)))))
          .isFalse();
      former.rollback();
      assertThat(former.positions().fail(held, new Failed(5, 1))).isFalse();

      assertThat(taken(next, FIRST).row()).isEqualTo(Row.of(at(5)));
      assertThat(taken(next, SECOND).row()).isEqualTo(Row.of(at(5)));
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void aPositionIsMovedFromWhereItsOwnerHasLeftItOnly() throws Exception {
    create(FIRST);
    try (DatabaseSession session = database().openLocal()) {
      Held held = taken(session, FIRST);
      assertThat(move(session, held, 9)).isTrue();
      session.commit();
      assertThat(move(session, held, 9)).as("it was moved already").isFalse();
      session.rollback();
    }
  }

  @Test
  void aPositionWhoseOwnerIsInAUnitIsNotTakenAndTheSessionGoesOn() throws Exception {
    create(FIRST, SECOND);
    try (DatabaseSession owner = database().openLocal();
        DatabaseSession next = database().openLocal()) {
      Held held = taken(owner, FIRST);
      insert(owner, 1);
      assertThat(move(owner, held, 9)).isTrue();

      assertThatThrownBy(() -> next.positions().take(FIRST, LONGEST))
          .isInstanceOf(OwnerInUnitException.class)
          .hasMessageContaining(FIRST.slot());

      assertThat(taken(next, SECOND).row()).isEqualTo(Row.of(at(5)));
      owner.commit();
      assertThat(taken(next, FIRST).row()).isEqualTo(Row.of(at(9)));
    }
  }

  @Test
  void aMoveFollowsStatementsThatWereRunUndoably() throws Exception {
    create(FIRST);
    try (DatabaseSession session = database().openLocal()) {
      Held held = taken(session, FIRST);
      for (int unit = 1; unit <= 4; unit++) { // in one round trip once the types are known
        session.executeUndoably(
            statements("INSERT INTO t VALUES (:id, 'a', 0)"),
            Units.messages("{\"id\": " + unit + "}"),
            false);
        assertThat(move(session, held, 5 + unit)).isTrue();
        session.commit();
        held = held.with(Row.of(at(5 + unit)));
      }
      assertThat(taken(session, FIRST).row()).isEqualTo(Row.of(at(9)));
    }
    assertThat(ids()).isEqualTo("1,2,3,4");
  }

  @Test
  void aMoveOfSeveralPartitionsFollowsStatementsAndFailsAsAWhole() throws Exception {
    create(FIRST, SECOND);
    try (DatabaseSession session = database().openLocal();
        DatabaseSession other = database().openLocal()) {
      Held first = taken(session, FIRST);
      Held second = taken(session, SECOND);
      for (int unit = 1; unit <= 3; unit++) {
        session.executeUndoably(
            statements("INSERT INTO t VALUES (:id, 'a', 0)"),
            Units.messages("{\"id\": " + unit + "}"),
            false);
        if (unit == 3) {
          taken(other, SECOND);
        }
        boolean areMine =
            session
                .positions()
                .move(
                    List.of(
                        new Move(first, at(first.row().at().offset() + 1)),
                        new Move(second, at(second.row().at().offset() + 1))));
        assertThat(areMine).isEqualTo(unit < 3);
        if (areMine) {
          session.commit();
          first = first.movedTo(at(5 + unit));
          second = second.movedTo(at(5 + unit));
        }
      }
      session.rollback();

      assertThat(taken(session, FIRST).row()).isEqualTo(Row.of(at(7)));
      assertThat(taken(session, SECOND).row()).isEqualTo(Row.of(at(7)));
    }
    assertThat(ids()).isEqualTo("1,2");
  }

  @Test
  void aMoveThatIsAnnouncedIsDoneOnceWhateverBecomesOfTheStatements() throws Exception {
    create(FIRST);
    try (DatabaseSession session = database().openLocal()) {
      Held held = taken(session, FIRST);
      insertUndoably(session, 1);
      session.rollback(); // the types are known
      session.positions().announce(List.of(new Move(held, at(6))));
      insertUndoably(session, 1);
      assertThat(move(session, held, 6)).isTrue();
      session.commit();
      held = held.movedTo(at(6));

      session.positions().announce(List.of(new Move(held, at(7))));
      assertThatThrownBy(() -> insertUndoably(session, 1)).isInstanceOf(SQLException.class);
      session.rollbackToSavepoint();
      insertUndoably(session, 2);
      assertThat(move(session, held, 7)).isTrue();
      session.commit();
      held = held.movedTo(at(7));

      session.positions().announce(List.of(new Move(held, at(8))));
      insertUndoably(session, 3);
      insertUndoably(session, 4);
      assertThat(move(session, held, 8)).isTrue();
      session.commit();
      held = held.movedTo(at(8));

      session.positions().announce(List.of(new Move(held, at(9))));
      session.rollback();
      insertUndoably(session, 5);
      session.commit();
      assertThat(taken(session, FIRST).row()).isEqualTo(Row.of(at(8)));
    }
    assertThat(ids()).isEqualTo("1,2,3,4,5");
  }

  @Test
  void aMoveThatIsAnnouncedIsNotDoneByAFormerOwner() throws Exception {
    create(FIRST, SECOND);
    try (DatabaseSession session = database().openLocal();
        DatabaseSession other = database().openLocal()) {
      List<Move> moves =
          List.of(new Move(taken(session, FIRST), at(6)), new Move(taken(session, SECOND), at(6)));
      insertUndoably(session, 1);
      session.rollback();
      taken(other, SECOND);
      session.positions().announce(moves);
      insertUndoably(session, 1);
      assertThat(session.positions().move(moves)).isFalse();
      session.rollback();

      assertThat(taken(session, FIRST).row()).isEqualTo(Row.of(at(5)));
    }
    assertThat(ids()).isEmpty();
  }

  private static void insertUndoably(DatabaseSession session, int id) throws Exception {
    session.executeUndoably(
        statements("INSERT INTO t VALUES (:id, 'a', 0)"),
        Units.messages("{\"id\": " + id + "}"),
        false);
  }

  @Test
  void whatIsKnownOfAFailedMessageIsKeptUntilThePositionHasPassedIt() throws Exception {
    create(FIRST);
    try (DatabaseSession session = database().openLocal()) {
      Held held = taken(session, FIRST);
      assertThat(session.positions().fail(held, new Failed(7, 1))).isTrue();
      assertThat(session.positions().fail(held, new Failed(7, 2))).isTrue();
      Held next = taken(session, FIRST);
      assertThat(next.row()).isEqualTo(new Row(at(5), new Failed(7, 2)));
      assertThat(move(session, next, 7)).isTrue();
      session.commit();
      Held before = taken(session, FIRST);
      assertThat(before.row()).isEqualTo(new Row(at(7), new Failed(7, 2)));
      assertThat(move(session, before, 8)).isTrue();
      session.commit();

      assertThat(taken(session, FIRST).row()).isEqualTo(Row.of(at(8)));
    }
  }

  @Test
  void aPositionThatIsSetIsNoOwnersAnyMore() throws Exception {
    create(FIRST);
    try (DatabaseSession owner = database().openLocal();
        DatabaseSession operator = database().openLocal()) {
      Held held = taken(owner, FIRST);
      owner.positions().fail(held, new Failed(5, 1));
      operator.positions().set(Map.of(FIRST, at(0), SECOND, at(2)));

      assertThat(move(owner, held, 9)).isFalse();
      owner.rollback();
      assertThat(taken(owner, FIRST).row()).isEqualTo(Row.of(at(0)));
      assertThat(taken(owner, SECOND).row()).isEqualTo(Row.of(at(2)));
    }
  }

  @Test
  void aPositionOfAnotherGroupIsNotTaken() throws Exception {
    create(FIRST);
    try (DatabaseSession session = database().openLocal()) {
      Held held = taken(session, FIRST);
      assertThatThrownBy(() -> session.positions().take(place(FIRST.slot(), "h"), LONGEST))
          .isInstanceOf(OtherGroupException.class)
          .hasMessageContaining("is that of group 'g' and not of 'h'");

      assertThat(move(session, held, 9)).isTrue();
      session.commit();
    }
  }

  @Test
  void aDeadLetterIsThereWithItsUnitAndIsRemovedOnce() throws Exception {
    database().createDeadLetters();
    try (DatabaseSession session = database().openLocal()) {
      DeadLetterTable table = session.deadLetters();
      table.add(letter(1, MessageBody.ofText("lost")));
      session.rollback();
      assertThat(table.count("delivery")).isZero();
      table.add(letter(2, MessageBody.ofText("{\"a\": \"ä\0\"}")));
      table.add(letter(3, MessageBody.ofBytes(new byte[] {(byte) 0xff, 0})));
      table.add(letter(4, MessageBody.NONE));
      session.commit();

      List<Stored> stored = table.list("delivery", 100);
      assertThat(stored)
          .extracting(one -> one.letter().body().text())
          .containsExactly("{\"a\": \"ä\0\"}", null, null);
      assertThat(stored.get(1).letter().body().binary()).containsExactly(0xff, 0);
      assertThat(stored.get(2).letter())
          .usingRecursiveComparison()
          .isEqualTo(letter(4, MessageBody.NONE));
      assertThat(table.count("delivery")).isEqualTo(3);
      assertThat(table.count("other")).isZero();
      assertThat(table.find("other", stored.get(0).number())).isEmpty();
      assertThat(table.find("delivery", stored.get(0).number())).isPresent();
      assertThat(table.remove(stored.get(0).number())).isTrue();
      session.commit();
      assertThat(table.remove(stored.get(0).number())).isFalse();
      assertThat(table.removeBefore("other", letter(9, MessageBody.NONE).failure().at(), 9))
          .isZero();
      assertThat(table.removeBefore("delivery", letter(3, MessageBody.NONE).failure().at(), 9))
          .isZero();
      assertThat(table.removeBefore("delivery", letter(4, MessageBody.NONE).failure().at(), 9))
          .isOne();
      session.rollback();
      assertThat(table.removeBefore("delivery", letter(9, MessageBody.NONE).failure().at(), 1))
          .isOne();
      session.commit();
      assertThat(table.list("delivery", 100)).hasSize(1);
    }
  }

  /** Else its replay would write other values than the message had. */
  @Test
  void headersOfADeadLetterKeepTheirDigitsAndTheirBytes() throws Exception {
    database().createDeadLetters();
    Map<String, Object> headers =
        Map.of(
            "bytes",
            new byte[] {0, (byte) 0xff},
            "text",
            "AP8=",
            "number",
            new BigDecimal("230.000000000000000001"),
            "flag",
            true,
            "nul",
            "a\0b");
    try (DatabaseSession session = database().openLocal()) {
      session.deadLetters().add(letter(1, MessageBody.NONE, headers));
      session.commit();

      assertThat(session.deadLetters().list("delivery", 100))
          .singleElement()
          .satisfies(
              one ->
                  assertThat(one.letter().headers()).usingRecursiveComparison().isEqualTo(headers));
    }
  }

  private static Letter letter(int offset, MessageBody body) {
    return letter(offset, body, Map.of("source", "shop", "n", 5));
  }

  private static Letter letter(int offset, MessageBody body, Map<String, Object> headers) {
    return new Letter(
        "delivery",
        new Origin(FIRST.slot(), offset, "orders/0/" + offset),
        offset % 2 == 0 ? null : new MessageBody("key", null, null),
        body,
        headers,
        new Failure(3, "the cause", Instant.parse("2026-11-28T00:00:00Z").plusSeconds(offset)));
  }
}
