package io.handfast.delivery;

import io.handfast.transaction.Outcome;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One thread that runs units of work, one after the other, until it is told to stop.
 *
 * <p>It opens its lane anew after every unit that was not committed, waiting longer each time.
 */
final class Consumer implements Runnable {

  private static final Logger LOG = Logger.getLogger(Consumer.class);

  private final Delivery delivery;
  private final Backoff backoff = new Backoff();
  private volatile @Nullable Lane inUse;

  Consumer(Delivery delivery) {
    this.delivery = delivery;
  }

  @Override
  public void run() {
    try {
      while (delivery.awaitWork()) {
        try (Lane lane = delivery.openLane()) {
          inUse = lane;
          workUntilTrouble(lane);
        } catch (InvalidDeliveryException e) {
          delivery.fail(e);
        } catch (Exception e) {
          pause(e);
        } finally {
          inUse = null;
        }
      }
    } catch (InterruptedException e) {
      LOG.debugf("consumer interrupted delivery=%s", delivery.name());
    } catch (Throwable e) {
      delivery.fail(e);
      throw e;
    } finally {
      delivery.left(this);
    }
  }

  /** Takes the unit in hand away: its connections close, and broker and database undo it. */
  void abandon() {
    Lane lane = inUse;
    if (lane != null) {
      lane.close();
    }
  }

  private void workUntilTrouble(Lane lane) throws InterruptedException {
    while (delivery.mayWork()) {
      Outcome outcome = delivery.protocol().run(lane);
      if (outcome instanceof Outcome.Committed) {
        lane.countCommitted(delivery.counters());
        wentWell();
      } else if (outcome instanceof Outcome.Nothing) {
        wentWell();
      } else {
        react(outcome, lane);
        return;
      }
    }
  }

  private void wentWell() {
    backoff.reset();
    delivery.resumedBy(this);
  }

  private void react(Outcome outcome, Lane lane) throws InterruptedException {
    lane.close(); // before anybody else asks: what was not prepared is gone with its connection
    delivery.recovery().scanSoon();
    if (outcome instanceof Outcome.RolledBack rolledBack) {
      lane.countRolledBack(delivery.counters());
      pause(rolledBack.cause());
    } else if (outcome instanceof Outcome.Decided decided) {
      lane.countCommitted(delivery.counters());
      pause(decided.cause());
    } else if (outcome instanceof Outcome.InDoubt inDoubt) {
      pause(inDoubt.cause());
    } else if (outcome instanceof Outcome.Heuristic heuristic) {
      delivery.fail(heuristic.cause());
    }
  }

  private void pause(Throwable cause) throws InterruptedException {
    if (!delivery.isStopping()) {
      delivery.interruptedBy(this, cause);
      Duration pause = backoff.next();
      delivery.sleep(pause);
    }
  }
}
