package io.handfast.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.handfast.log.DecisionLog.Verdict;
import io.handfast.log.FakeDecisionLog;
import io.handfast.message.InMemoryMessage;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ClientTransactionTest {

  private static final Duration LEASE = Duration.ofSeconds(30);

  private final Trace trace = new Trace();
  private final SteppedClock clock = new SteppedClock();
  private final FakeUnitOfWork work = new FakeUnitOfWork(trace);
  private final FakeDecisionLog log = new FakeDecisionLog(trace);
  private final ClientTransaction transaction = begin(new TracedSettlement());

  @Test
  void anOpenOneIsActiveUntilItsLeaseIsOver() {
    assertThat(transaction.status()).isEqualTo(TransactionStatus.ACTIVE);
    assertThat(transaction.outcome()).isEmpty();
    assertThat(transaction.ended()).isNull();
    assertThat(transaction.expires()).isEqualTo(clock.instant().plus(LEASE));
    assertThat(transaction.participants()).containsExactly("broker");
  }

  @Test
  void aCommitSetsAsideBeforeItCommitsAndCountsAfterwards() {
    Outcome outcome = transaction.commit();

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps())
        .containsExactly("before commit", "commit", "close", "ended Committed");
    assertThat(transaction.status()).isEqualTo(TransactionStatus.COMMITTED);
    assertThat(transaction.ended()).isEqualTo(clock.instant());
  }

  @Test
  void aRepeatedCommitGetsTheSameAnswerAndDoesNothing() {
    Outcome first = transaction.commit();
    trace.clear();
    clock.advance(LEASE.multipliedBy(2));

    assertThat(transaction.commit()).isSameAs(first);
    assertThat(transaction.rollback()).isSameAs(first);
    transaction.expire();

    assertThat(trace.steps()).isEmpty();
    assertThat(transaction.status()).isEqualTo(TransactionStatus.COMMITTED);
  }

  @Test
  void aRepeatedRollbackGetsTheSameAnswerAndACommitIsToldOfIt() {
    Outcome first = transaction.rollback();

    assertThat(first)
        .isInstanceOfSatisfying(
            Outcome.RolledBack.class,
            rolledBack ->
                assertThat(rolledBack.cause())
                    .extracting("reason")
                    .isEqualTo(ClientTransactionException.Reason.ASKED));
    assertThat(transaction.rollback()).isSameAs(first);
    assertThat(transaction.commit()).isSameAs(first);
    assertThat(trace.steps()).containsExactly("rollback", "close", "ended RolledBack");
    assertThat(transaction.status()).isEqualTo(TransactionStatus.ROLLED_BACK);
  }

  @Test
  void whatCannotBeSetAsideRollsBack() {
    IllegalStateException held = new IllegalStateException("held");
    ClientTransaction holding =
        begin(
            new TracedSettlement() {
              @Override
              public void beforeCommit(ClientTransaction which) {
                throw held;
              }
            });

    Outcome outcome = holding.commit();

    assertThat(outcome).isEqualTo(new Outcome.RolledBack(held));
    assertThat(trace.steps()).containsExactly("rollback", "close", "ended RolledBack");
  }

  @Test
  void anExpiredLeaseRollsBackWithoutAnyCall() {
    clock.advance(LEASE.minusMillis(1));
    transaction.expire();
    assertThat(transaction.status()).isEqualTo(TransactionStatus.ACTIVE);

    clock.advance(Duration.ofMillis(1));
    transaction.expire();

    assertThat(transaction.status()).isEqualTo(TransactionStatus.ROLLED_BACK);
    assertThat(trace.steps()).containsExactly("rollback", "close", "ended RolledBack");
    assertThat(transaction.ended()).isEqualTo(clock.instant());
  }

  @Test
  void aCommitThatComesTooLateIsToldThatTheLeaseExpired() {
    Instant expired = transaction.expires();
    clock.advance(LEASE);

    Outcome late = transaction.commit();

    assertThat(late)
        .isInstanceOfSatisfying(
            Outcome.RolledBack.class,
            rolledBack ->
                assertThat(rolledBack.cause())
                    .hasMessage("the lease expired at " + expired)
                    .extracting("reason")
                    .isEqualTo(ClientTransactionException.Reason.LEASE_EXPIRED));
    assertThat(trace.steps()).containsExactly("rollback", "close", "ended RolledBack");
  }

  @Test
  void aCommitAfterTheSweepIsToldThatTheLeaseExpired() {
    clock.advance(LEASE);
    transaction.expire();

    Outcome late = transaction.commit();

    assertThat(((Outcome.RolledBack) late).cause())
        .extracting("reason")
        .isEqualTo(ClientTransactionException.Reason.LEASE_EXPIRED);
    assertThat(trace.steps()).doesNotContain("commit");
  }

  @Test
  void aCallAfterTheLeaseRollsBackAndIsToldSo() {
    clock.advance(LEASE);

    ClientTransactionException told =
        catchThrowableOfType(
            ClientTransactionException.class, () -> transaction.call(unused -> "done"));

    assertThat(told.transaction()).isSameAs(transaction);
    assertThat(transaction.status()).isEqualTo(TransactionStatus.ROLLED_BACK);
    assertThat(trace.steps()).containsExactly("rollback", "close", "ended RolledBack");
  }

  @Test
  void noCallIsTakenAfterTheEnd() throws Exception {
    transaction.received(List.of(InMemoryMessage.received("a", Map.of())));
    transaction.commit();
    trace.clear();

    assertThatThrownBy(() -> transaction.call(unused -> "done"))
        .isInstanceOf(ClientTransactionException.class);
    assertThatThrownBy(() -> transaction.refuse("a", "cause"))
        .isInstanceOf(ClientTransactionException.class);
    assertThatThrownBy(() -> transaction.extend(LEASE))
        .isInstanceOf(ClientTransactionException.class);

    assertThat(transaction.refused()).isEmpty();
    assertThat(trace.steps()).isEmpty();
  }

  @Test
  void anExtendedLeaseBeginsNow() throws Exception {
    clock.advance(LEASE.minusSeconds(1));

    transaction.extend(LEASE);

    assertThat(transaction.expires()).isEqualTo(clock.instant().plus(LEASE));
    clock.advance(LEASE.minusMillis(1));
    transaction.expire();
    assertThat(transaction.status()).isEqualTo(TransactionStatus.ACTIVE);
    clock.advance(Duration.ofMillis(1));
    transaction.expire();
    assertThat(transaction.status()).isEqualTo(TransactionStatus.ROLLED_BACK);
  }

  @Test
  void anExpiredLeaseCannotBeExtended() {
    clock.advance(LEASE);

    assertThatThrownBy(() -> transaction.extend(LEASE))
        .isInstanceOf(ClientTransactionException.class);

    assertThat(transaction.status()).isEqualTo(TransactionStatus.ROLLED_BACK);
  }

  @Test
  void onlyItsOwnMessagesCanBeRefused() throws Exception {
    transaction.received(List.of(InMemoryMessage.received("a", Map.of())));

    assertThat(transaction.refuse("b", "not mine")).isFalse();
    assertThat(transaction.refuse("a", "first")).isTrue();
    assertThat(transaction.refuse("a", "second")).isTrue();

    assertThat(transaction.refused()).isEqualTo(Map.of("a", "second"));
  }

  @Test
  void aLeaseThatExpiresDuringACallLetsTheCallEnd() throws Exception {
    transaction.call(
        unused -> {
          clock.advance(LEASE);
          elsewhere(transaction::expire).get();
          trace.add("call");
          return null;
        });

    transaction.expire();

    assertThat(trace.steps()).containsExactly("call", "rollback", "close", "ended RolledBack");
  }

  @Test
  void aCommitWaitsForACallWhichIsToldToReturn() throws Exception {
    CompletableFuture<Outcome> commit = new CompletableFuture<>();
    transaction.call(
        unused -> {
          elsewhere(() -> commit.complete(transaction.commit()));
          while (!transaction.isEndWanted()) {
            Thread.sleep(1); // ends by the time-out of the test where nobody is told
          }
          trace.add("call");
          return null;
        });

    assertThat(commit.get(5, TimeUnit.SECONDS)).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps())
        .containsExactly("call", "before commit", "commit", "close", "ended Committed");
  }

  @Test
  void aCallThatFailsLeavesItOpen() {
    assertThatThrownBy(
            () ->
                transaction.call(
                    unused -> {
                      throw new IllegalStateException("refused");
                    }))
        .hasMessage("refused");

    assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());
  }

  @Test
  void anEndThatWasNotKnownIsLearnedFromTheLog() {
    IllegalStateException cause = new IllegalStateException("the log failed");
    work.ends(new Outcome.InDoubt(cause));
    log.says(FakeUnitOfWork.LOGGED, Verdict.UNKNOWN);
    transaction.commit();

    transaction.refresh(log);
    assertThat(transaction.status()).isEqualTo(TransactionStatus.IN_DOUBT);

    log.says(FakeUnitOfWork.LOGGED, Verdict.COMMIT);
    transaction.refresh(log);
    assertThat(transaction.outcome()).contains(new Outcome.Decided(cause));
    assertThat(transaction.status()).isEqualTo(TransactionStatus.COMMITTING);

    log.confirmed(FakeUnitOfWork.LOGGED);
    transaction.refresh(log);
    assertThat(transaction.outcome()).contains(new Outcome.Committed());
    assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());
  }

  @Test
  void anEndThatWasNotKnownIsARollbackWhereTheLogHasNoDecision() {
    IllegalStateException cause = new IllegalStateException("the log failed");
    work.ends(new Outcome.InDoubt(cause));
    transaction.commit();

    transaction.refresh(log);

    assertThat(transaction.outcome()).contains(new Outcome.RolledBack(cause));
    assertThat(transaction.status()).isEqualTo(TransactionStatus.ROLLED_BACK);
  }

  @Test
  void ofWorkThatTheLogDoesNotDecideOnTheLogIsNotAsked() {
    Outcome unknown = new Outcome.InDoubt(new IllegalStateException("the reply is lost"));
    work.notLogged().ends(unknown);
    ClientTransaction local = begin(Settlement.NONE);
    local.commit();
    trace.clear();

    local.refresh(log);

    assertThat(trace.steps()).isEmpty();
    assertThat(local.outcome()).contains(unknown);
  }

  @Test
  void anEndedOneRemembersWhatItWasButHoldsNoMessages() throws Exception {
    transaction.received(List.of(InMemoryMessage.received("a", Map.of())));
    transaction.received(List.of(InMemoryMessage.received("b", Map.of())));
    transaction.refuse("a", "cause");
    assertThat(transaction.messageCount()).isEqualTo(2);

    transaction.commit();

    assertThat(transaction.messageCount()).isEqualTo(2);
    assertThat(transaction.participants()).containsExactly("broker");
    assertThat(transaction.messages()).isEmpty();
    assertThat(transaction.refused()).isEmpty();
  }

  @Test
  void theSettlementStillSeesTheMessagesAndTheRefusals() throws Exception {
    ClientTransaction pulled =
        begin(
            new Settlement() {
              @Override
              public void ended(ClientTransaction which, Outcome outcome) {
                trace.add(which.messages().size() + " messages, refused " + which.refused());
              }
            });
    pulled.received(List.of(InMemoryMessage.received("a", Map.of())));
    pulled.refuse("a", "cause");

    pulled.rollback();

    assertThat(trace.steps()).containsExactly("rollback", "close", "1 messages, refused {a=cause}");
  }

  @Test
  void whoLooksWhileTheSettlementIsAtWorkSeesAllOfTheEnd() {
    ClientTransaction pulled =
        begin(
            new Settlement() {
              @Override
              public void ended(ClientTransaction which, Outcome outcome) {
                trace.add(which.status() + ", " + which.messageCount() + " messages");
              }
            });
    pulled.received(List.of(InMemoryMessage.received("a", Map.of())));

    pulled.commit();

    assertThat(trace.steps()).containsExactly("commit", "close", "COMMITTED, 1 messages");
  }

  @Test
  void aLentOneIsNotTheClientsToSettleAndEndsWithoutAnyWork() {
    ClientTransaction lent = begin(Settlement.LENT);

    lent.withdraw();

    assertThat(lent.isClients()).isFalse();
    assertThat(transaction.isClients()).isTrue();
    assertThat(trace.steps()).isEmpty();
    assertThatThrownBy(() -> lent.call(unused -> "done"))
        .isInstanceOf(ClientTransactionException.class);
  }

  private ClientTransaction begin(Settlement settlement) {
    return new ClientTransaction("id", work, clock.instant().plus(LEASE), settlement, clock);
  }

  private static CompletableFuture<Void> elsewhere(Runnable call) {
    return CompletableFuture.runAsync(call);
  }

  private class TracedSettlement implements Settlement {

    @Override
    public void beforeCommit(ClientTransaction which) {
      trace.add("before commit");
    }

    @Override
    public void ended(ClientTransaction which, Outcome outcome) {
      trace.add("ended " + outcome.getClass().getSimpleName());
    }
  }
}
