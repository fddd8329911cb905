package io.handfast.it.throughput;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;

/**
 * Where one round is played: a queue, and a database with a table {@code sink}; gone when closed.
 */
record Place(Rig rig, String queue, Database database) implements AutoCloseable {
  Broker broker() {
    return rig.broker();
  }

  /** All messages of the queue, those in hand included. */
  long queued() throws Exception {
    return rig.queued(queue);
  }

  @Override
  public void close() throws Exception {
    rig.remove(this);
  }
}
