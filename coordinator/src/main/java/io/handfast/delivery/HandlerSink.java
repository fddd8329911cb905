package io.handfast.delivery;

import io.handfast.commit.UnitOfWork;
import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactions;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.message.Message;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Applies one message to the statements and then calls the handler, in one unit.
 *
 * <p>Where a unit is a transaction the handler may call back into it while it is being called, and
 * no longer. What a handler refuses may have been half done through such calls: the unit is rolled
 * back as a whole, and the message is deferred by a unit of its own.
 */
final class HandlerSink implements Sink {

  static final String TRANSACTION = "Handfast-Transaction";
  static final String ATTEMPT = "Handfast-Delivery-Attempt";

  private final Sink rows;
  private final Handler handler;
  private final DeferredMessages deferred;
  private final @Nullable ClientTransactions transactions;
  private final UnitEvents events;
  private volatile @Nullable Future<?> waitingFor;
  private volatile boolean isAbandoned;

  /**
   * Calls none yet.
   *
   * @param transactions lend a unit that is a transaction; null where none is lent
   */
  HandlerSink(
      Sink rows,
      Handler handler,
      DeferredMessages deferred,
      @Nullable ClientTransactions transactions,
      UnitEvents events) {
    this.rows = rows;
    this.handler = handler;
    this.deferred = deferred;
    this.transactions = transactions;
    this.events = events;
  }

  @Override
  public Result apply(UnitOfWork work, Batch batch, List<Message> messages) throws Exception {
    Result result = rows.apply(work, batch, messages);
    for (Message message : result.applied()) {
      Handler.Answer answer = call(message, work, events.contextOf(batch.received(), message));
      if (!answer.isDone()) {
        if (answer.verdict() == Handler.Verdict.REFUSED) {
          deferred.deadLetter(message, answer.reason());
        } else {
          deferred.defer(message, answer.reason());
        }
        throw new UnskippableMessageException(message, answer.reason());
      }
    }
    return result;
  }

  private Handler.Answer call(Message message, UnitOfWork work, Map<String, String> context)
      throws Exception {
    ClientTransactions lending = transactions;
    if (lending == null || work.id().isEmpty()) {
      return handler.call(message, ATTEMPT, UUID.randomUUID().toString(), context, this::waitFor);
    }
    ClientTransaction lent = lending.lend(work);
    try {
      return handler.call(message, TRANSACTION, lent.id(), context, this::waitFor);
    } finally {
      lending.withdraw(lent);
    }
  }

  private void waitFor(Future<?> answer) {
    waitingFor = answer;
    if (isAbandoned) { // in the moment in which the call began
      answer.cancel(true);
    }
  }

  @Override
  public void abandon() {
    isAbandoned = true;
    Future<?> answer = waitingFor;
    if (answer != null) {
      answer.cancel(true);
    }
  }
}
