package io.handfast.delivery;

import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.Work;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.event.Event.UnitReceived;
import io.handfast.message.Message;
import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Statements first, then the handler, one message a unit.
 *
 * <p>Under two-phase commit the handler may call back into the unit's transaction while it is being
 * called, and no longer. What a handler refuses may have been half done through such calls: the
 * unit is rolled back as a whole, and the message is set aside by a unit of its own.
 */
final class HandledSink implements Sink {

  static final String TRANSACTION = "Handfast-Transaction";
  static final String ATTEMPT = "Handfast-Delivery-Attempt";

  private final Sink rows;
  private final Handler handler;
  private final SetAside setAside;
  private final ClientTransactions transactions;
  private final Work work;
  private final UnitEvents events;
  private @Nullable UnitReceived unit;
  private volatile @Nullable Future<?> waitingFor;
  private volatile boolean isAbandoned;

  HandledSink(
      Sink rows,
      Handler handler,
      SetAside setAside,
      ClientTransactions transactions,
      Work work,
      UnitEvents events) {
    this.rows = rows;
    this.handler = handler;
    this.setAside = setAside;
    this.transactions = transactions;
    this.work = work;
    this.events = events;
  }

  @Override
  public void received(UnitReceived unit) {
    this.unit = unit;
  }

  @Override
  public Result apply(List<Message> messages) throws Exception {
    Result result = rows.apply(messages);
    for (Message message : result.applied()) {
      Handler.Answer answer = call(message);
      if (!answer.isDone()) {
        if (answer.verdict() == Handler.Verdict.REFUSED) {
          setAside.condemn(message, answer.reason());
        } else {
          setAside.defer(message, answer.reason());
        }
        throw new HeldMessageException(message, answer.reason());
      }
    }
    return result;
  }

  private Handler.Answer call(Message message) throws Exception {
    Map<String, String> context = events.contextOf(unit, message);
    TransactionId transaction = unit == null ? null : unit.transaction();
    if (transaction == null) {
      return handler.call(message, ATTEMPT, UUID.randomUUID().toString(), context, this::waitFor);
    }
    ClientTransaction lent = transactions.lend(transaction, work);
    try {
      return handler.call(message, TRANSACTION, lent.id(), context, this::waitFor);
    } finally {
      transactions.withdraw(lent);
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
