package io.handfast.log;

import io.handfast.concurrent.Threads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.activemq.artemis.utils.ExecutorFactory;
import org.apache.activemq.artemis.utils.actors.ArtemisExecutor;
import org.apache.activemq.artemis.utils.actors.OrderedExecutorFactory;

/**
 * Has the journal append in the writer's own thread, which saves a change of thread for each
 * record.
 *
 * <p>All else it does in threads of its own, as it would anyway; the writer must not, since it
 * waits for one thing of that: the next file, prepared ahead.
 */
final class JournalThreads implements ExecutorFactory, AutoCloseable {

  private final Thread writer;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Threads.named("decision-log-files"));
  private final ExecutorFactory others = new OrderedExecutorFactory(threads);
  private boolean isToAppend; // the writer's own

  JournalThreads(Thread writer) {
    this.writer = writer;
  }

  /** The writer is about to append: what the journal executes next is that, and nothing else. */
  void appendHere() {
    isToAppend = true;
  }

  @Override
  public ArtemisExecutor getExecutor() {
    ArtemisExecutor other = others.getExecutor();
    return task -> {
      if (Thread.currentThread() == writer && isToAppend) {
        isToAppend = false;
        task.run();
      } else {
        other.execute(task);
      }
    };
  }

  /** Ends the threads when they have done what they have to do. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
