package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.database.DatabaseSession;
import io.handfast.database.Inbox;
import io.handfast.database.Inbox.Terms;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.message.Message;
import io.handfast.message.Source;
import io.handfast.message.Source.Start;
import io.handfast.transaction.SteppedClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InboxStateTest {

  private final SteppedClock clock = new SteppedClock();
  private final InboxState state = state(Set.of(), Source.ofQueue("orders"));

  private InboxState state(Set<String> leftovers, Source source) {
    return new InboxState(leftovers, source, new InboxState.Keeping(Duration.ofHours(24), clock));
  }

  @Test
  void idsOfPartitionsExpireAndAreNotSwept() {
    InboxState positions = state(Set.of(), Source.ofPartitions("orders", "g", Start.EARLIEST));

    positions.confirmed(List.of("a"));

    assertThat(positions.takeConfirmed()).isEmpty();
    assertThat(positions.isSweepDue()).isFalse();
    assertThat(positions.terms(List.of())).isEqualTo(Terms.GONE_AT_ONCE);
    assertThat(state.terms(List.of())).isEqualTo(Terms.UNTIL_REMOVED);
    assertThat(state.isExpiryDue()).as("the broker says what is gone").isFalse();
  }

  @Test
  void leasedMessagesAreRecordedInTimeByTheDatabasesClock() {
    InboxState leases = state(Set.of(), Source.ofLeases("orders", Source.Key.MESSAGE_ID));
    Instant database = Instant.parse("2026-11-30T00:00:00Z");
    assertThat(leases.isTimeDue()).isTrue();
    Instant noted = clock.instant();
    leases.note(database);
    assertThat(leases.isTimeDue()).isFalse();

    Terms afterNote = leases.terms(List.of(receivedAt(noted.plusSeconds(5))));
    Terms beforeNote = leases.terms(List.of(receivedAt(noted), receivedAt(noted.minusSeconds(7))));

    assertThat(afterNote.before()).isEqualTo(database.plus(Duration.ofHours(24)));
    assertThat(beforeNote.before()).isEqualTo(database.minusSeconds(7).plus(Duration.ofHours(24)));
    assertThat(afterNote.gone())
        .as("where no deletion is confirmed")
        .isEqualTo(Duration.ofDays(14));
    assertThat(leases.isSweepDue()).isFalse();
    assertThat(leases.isExpiryDue()).isTrue();
    clock.advance(Duration.ofSeconds(30));
    assertThat(leases.isTimeDue()).isTrue();
  }

  private static Message receivedAt(Instant time) {
    return (Message)
        Proxy.newProxyInstance(
            Message.class.getClassLoader(),
            new Class<?>[] {Message.class},
            (proxy, method, arguments) -> method.getName().equals("receivedAt") ? time : null);
  }

  @Test
  void idsOfLeasedMessagesAreKeptAfterTheyWereDeleted() throws Exception {
    InboxState leases = state(Set.of(), Source.ofLeases("orders", Source.Key.MESSAGE_ID));
    try (DatabaseSession session =
        new MemoryDatabase("database", new MemoryServer(), MemorySeam.NONE).openLocal()) {
      Inbox inbox = session.inbox("orders");
      inbox.record(List.of("a", "b"), new Terms(Duration.ofDays(14), null));

      leases.settle(inbox, List.of("a"));
      state.settle(inbox, List.of("b"));
      session.commit();

      assertThat(inbox.known(List.of("a", "b"))).containsExactly("a");
      assertThat(inbox.ids()).as("that may come again").isEmpty();
    }
  }

  @Test
  void expiringGoesOnAtOnceWhileThereIsMore() throws Exception {
    InboxState positions = state(Set.of(), Source.ofPartitions("orders", "g", Start.EARLIEST));
    MemoryServer server = new MemoryServer();
    try (DatabaseSession session =
        new MemoryDatabase("database", server, MemorySeam.NONE).openLocal()) {
      Inbox inbox = session.inbox("orders");
      List<String> ids = IntStream.range(0, 2_001).mapToObj(String::valueOf).toList();
      inbox.record(ids, new Terms(Duration.ofDays(-2), null));
      session.commit();

      assertThat(positions.isExpiryDue()).isTrue();
      assertThat(positions.isExpiryDue()).isFalse();
      positions.expire(inbox);
      session.commit();
      assertThat(inbox.known(ids)).hasSize(1);
      assertThat(positions.isExpiryDue()).isTrue();
      positions.expire(inbox);
      session.commit();

      assertThat(inbox.known(ids)).isEmpty();
      assertThat(positions.isExpiryDue()).isFalse();
      clock.advance(Duration.ofSeconds(30));
      assertThat(positions.isExpiryDue()).isTrue();
    }
  }

  @Test
  void whatIsConfirmedIsTakenOnceAndInOrder() {
    state.confirmed(List.of("a", "b"));
    state.confirmed(List.of("c"));

    assertThat(state.takeConfirmed()).containsExactly("a", "b", "c");
    assertThat(state.takeConfirmed()).isEmpty();
  }

  @Test
  void whatWasTakenBelongsToWhoTookIt() {
    state.confirmed(List.of("a"));
    List<String> taken = state.takeConfirmed();

    state.confirmed(List.of("b"));

    assertThat(taken).containsExactly("a");
    assertThat(state.takeConfirmed()).containsExactly("b");
  }

  @Test
  void whatCouldNotBeRemovedIsHandedBackToTheNext() {
    state.confirmed(List.of("a"));
    List<String> taken = state.takeConfirmed();

    state.confirmed(taken);

    assertThat(state.takeConfirmed()).containsExactly("a");
  }

  @Test
  void aSweepIsDueAtOnceAndThenAtMostEveryHalfMinute() {
    assertThat(state.isSweepDue()).isTrue();
    assertThat(state.isSweepDue()).isFalse();

    clock.advance(Duration.ofSeconds(30).minusMillis(1));
    assertThat(state.isSweepDue()).isFalse();

    clock.advance(Duration.ofMillis(1));
    assertThat(state.isSweepDue()).isTrue();
    assertThat(state.isSweepDue()).isFalse();
  }

  @Test
  void leftoversAreThoseOfTheBeginning() {
    Set<String> found = new HashSet<>(Set.of("a"));
    InboxState after = state(found, Source.ofQueue("orders"));

    found.add("b");

    assertThat(after.hasLeftovers()).isTrue();
    assertThat(after.leftovers()).containsExactly("a");
    assertThat(state.hasLeftovers()).isFalse();
  }
}
