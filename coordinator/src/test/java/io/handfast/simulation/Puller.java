package io.handfast.simulation;

import io.handfast.coordination.ClientTransaction;
import io.handfast.database.InvalidStatementException;
import io.handfast.database.StatementTemplate;
import io.handfast.delivery.PulledMessages;
import io.handfast.message.Message;
import io.handfast.node.NodeConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A client that asks any node for messages, writes their rows in the transaction that settles them,
 * and refuses those that it cannot apply; again and again, until none are left.
 */
final class Puller {

  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final Duration LEASE = Duration.ofSeconds(6);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final StatementTemplate STATEMENT = statement();

  /** One in so many transactions ends in each of the ways that are no commit in time. */
  private static final int ODD = 8;

  private final World world;
  private final SimulatedProcess process;

  Puller(World world, SimulatedProcess process) {
    this.world = world;
    this.process = process;
  }

  private static StatementTemplate statement() {
    try {
      return StatementTemplate.parse("UPDATE orders SET done = true WHERE id = :id");
    } catch (InvalidStatementException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks until the play is over; not while nothing is there, so that nodes come to rest. */
  void run() {
    while (!world.isOver()) {
      if (world.left().isEmpty() || !pull()) {
        process.sleep(PAUSE);
      }
    }
  }

  private <T> Optional<T> ask(World.Place node, Callable<T> request) {
    return Client.ask(node, process, request);
  }

  /** Takes messages and settles them; whether there were any. */
  private boolean pull() {
    World.Place node = world.anyPlace();
    PulledMessages pulled =
        ask(
                node,
                () ->
                    Client.running(node)
                        .deliveries
                        .find("orders")
                        .orElseThrow()
                        .pull(world.plan.batch(), WAIT, LEASE, null))
            .orElse(null);
    ClientTransaction transaction = pulled == null ? null : pulled.transaction();
    if (transaction == null) {
      return false;
    }
    for (Message message : pulled.messages()) {
      if (!isDone(node, transaction, message)) {
        return true; // the lease ends it
      }
    }
    settle(node, transaction);
    return true;
  }

  private boolean isDone(World.Place node, ClientTransaction transaction, Message message) {
    int id = World.id(message.content());
    if (world.plan.refuses(id)) {
      return ask(node, () -> transaction.refuse(message.id(), "refused")).isPresent();
    }
    return ask(
            node,
            () ->
                transaction.call(
                    work -> {
                      work.database(NodeConfig.DEFAULT_DATABASE)
                          .execute(List.of(STATEMENT), List.of(parameter -> (long) id));
                      return true;
                    }))
        .isPresent();
  }

  private void settle(World.Place node, ClientTransaction transaction) {
    int way = world.simulation.random().nextInt(ODD);
    if (way == 0) {
      ask(node, transaction::rollback);
    } else if (way != 1 || !world.isStormy()) {
      if (way == 2) {
        process.sleep(LEASE.dividedBy(2).plus(WAIT));
      }
      ask(node, transaction::commit);
    }
  }
}
