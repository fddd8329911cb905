package io.handfast;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Repeating;
import io.handfast.node.NodeState;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CancellationException;

/**
 * Starts the parts of the coordinator and ends them with the process; unsafe configurations were
 * refused before ({@link EarlyRefusal}).
 *
 * <p>The start makes a {@link Node}. The end is the reverse, with the units in flight finished
 * first.
 */
@Singleton
public class Coordinator {

  private static final Duration BETWEEN_DEPTHS = Duration.ofSeconds(5);

  private final ConfiguredParticipants participants;
  private final NodeSettings settings;
  private final NodeStores stores;
  private final NodeEnvironment environment;
  private final NodeState state;
  private final RunningNode running;
  private final CloseSequence ends = new CloseSequence();

  Coordinator(
      ConfiguredParticipants participants,
      NodeSettings settings,
      NodeStores stores,
      NodeEnvironment environment,
      NodeState state,
      RunningNode running) {
    this.participants = participants;
    this.settings = settings;
    this.stores = stores;
    this.environment = environment;
    this.state = state;
    this.running = running;
  }

  /**
   * Starts everything; returns before recovery has reached every participant.
   *
   * @return false where the process was told to stop meanwhile
   * @throws UnsafeStartException another coordinator holds the name of this node
   */
  boolean start() throws InterruptedException {
    try {
      Node node = new Node(participants, settings, stores, environment, state, ends);
      running.is(node);
      Repeating depths =
          Repeating.start(
              "queue-depths",
              Duration.ZERO,
              BETWEEN_DEPTHS,
              () -> environment.depths().ask(node.deliveries.queueNames()));
      ends.add(deadline -> depths.close());
      Repeating elsewhere = // apart: one that does not answer holds the other up
          Repeating.start(
              "partition-depths",
              Duration.ZERO,
              BETWEEN_DEPTHS,
              () -> {
                environment.depths().learn(node.deliveries.depthsElsewhere());
                environment.metrics().lagChanged();
              });
      ends.add(deadline -> elsewhere.close());
      state.open();
      return true;
    } catch (CancellationException e) {
      return false;
    }
  }

  /** Begins nothing new from now on; units in flight go on. Returns at once. */
  void beginStop() {
    running.find().ifPresent(node -> node.deliveries.beginStop());
  }

  /**
   * Finishes the units in flight, gives the rest back, and closes everything.
   *
   * @param patience how long units in flight may take
   */
  void stop(Duration patience) {
    state.close();
    beginStop();
    ends.run(Deadline.after(patience));
  }
}
