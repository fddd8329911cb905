package io.handfast.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.comparison.Comparison;
import io.handfast.comparison.Comparisons;
import io.handfast.concurrent.Repeating;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.Delivery;
import io.handfast.node.NodeState;
import io.handfast.queue.QueueDepths;
import io.handfast.recovery.Recovery;
import io.handfast.transaction.ErrorText;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Samples the node once a second for all listeners, and not at all where there are none.
 *
 * <p>Each further listener costs the sending of a text that is there already. Thread-safe.
 */
@Singleton
public class LiveEvents {

  private static final Logger LOG = Logger.getLogger(LiveEvents.class);

  private static final Duration A_SECOND = Duration.ofSeconds(1);
  private static final Duration A_MOMENT = Duration.ofMillis(200);

  /** A caller that looks. */
  private record Listener(Consumer<LiveEvent> events, Runnable end) {}

  private final Deliveries deliveries;
  private final Recovery recovery;
  private final Comparisons comparisons;
  private final QueueDepths depths;
  private final Latencies latencies;
  private final NodeState state;
  private final ObjectMapper json;
  private final Clock clock;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final List<Repeating> sampling = new ArrayList<>();
  private boolean isClosed;

  public LiveEvents(
      Deliveries deliveries,
      Recovery recovery,
      Comparisons comparisons,
      QueueDepths depths,
      Latencies latencies,
      NodeState state,
      ObjectMapper json,
      Clock clock) {
    this.deliveries = deliveries;
    this.recovery = recovery;
    this.comparisons = comparisons;
    this.depths = depths;
    this.latencies = latencies;
    this.state = state;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Tells a listener what happens from now on, in a thread that must not be held up.
   *
   * @param end is called when the node stops
   * @return ends the listening
   */
  public synchronized Runnable listen(Consumer<LiveEvent> events, Runnable end) {
    if (isClosed) {
      end.run();
      return () -> {};
    }
    Listener listener = new Listener(events, end);
    listeners.add(listener);
    if (sampling.isEmpty()) {
      startSampling();
    }
    return () -> leave(listener);
  }

  /** Ends all listening: the end of the process would wait for every stream otherwise. */
  public void close() {
    synchronized (this) {
      isClosed = true;
    }
    listeners.forEach(listener -> listener.end().run());
  }

  private synchronized void leave(Listener listener) {
    listeners.remove(listener);
    if (listeners.isEmpty()) {
      sampling.forEach(Repeating::close);
      sampling.clear();
    }
  }

  private void startSampling() {
    Sampling flows = new Sampling();
    sampling.add(
        Repeating.start(
            "live-depths", Duration.ZERO, A_SECOND, () -> depths.ask(deliveries.queueNames())));
    sampling.add(Repeating.start("live", A_MOMENT, A_SECOND, flows::sample));
  }

  /** From the first listener to the last. */
  private final class Sampling {

    private final Map<String, Long> committed = new HashMap<>();
    private final Map<String, Snapshot.Flow> flows = new HashMap<>();
    private long sampledAt;

    void sample() {
      if (!state.isOpen()) {
        return; // starting or stopping: not all that is asked below is there
      }
      try {
        tell();
      } catch (JsonProcessingException | RuntimeException e) {
        LOG.warnf("nothing sampled: %s; trying again in a second", ErrorText.readable(e));
      }
    }

    private void tell() throws JsonProcessingException {
      String now = Instant.now(clock).truncatedTo(ChronoUnit.MILLIS).toString();
      Snapshot snapshot = snapshot(now);
      for (Snapshot.StateChange change : changes(snapshot, now)) {
        send("state", change);
      }
      flows.clear();
      snapshot.deliveries().forEach(flow -> flows.put(flow.name(), flow));
      send("snapshot", snapshot);
    }

    private void send(String name, Object data) throws JsonProcessingException {
      LiveEvent event = new LiveEvent(name, json.writeValueAsString(data));
      listeners.forEach(listener -> listener.events().accept(event));
    }

    private Snapshot snapshot(String now) {
      long sampled = System.nanoTime();
      double seconds = sampledAt == 0 ? 0 : (sampled - sampledAt) / 1e9;
      sampledAt = sampled;
      List<Snapshot.Flow> all = new ArrayList<>();
      for (Delivery delivery : deliveries.all()) {
        Map<String, Long> counters = delivery.counters().values();
        long total = counters.get("committed");
        Long before = committed.put(delivery.name(), total);
        // A delivery that was replaced counts anew.
        boolean isComparable = before != null && before <= total && seconds > 0;
        double rate = isComparable ? (total - before) / seconds : 0;
        Long latency = latencies.take(delivery.name());
        double rounded = Math.round(rate * 10) / 10.0;
        all.add(Snapshot.Flow.of(delivery, rounded, depths, latency, counters));
      }
      return new Snapshot(
          now,
          all,
          recovery.inDoubt().size(),
          recovery.node().resolutions().heuristics().size(),
          List.copyOf(new TreeSet<>(recovery.unreachable())),
          List.copyOf(new TreeSet<>(recovery.refused())),
          progress());
    }

    private Snapshot.@Nullable Progress progress() {
      return comparisons.all().stream()
          .filter(Comparison::isRunning)
          .findFirst()
          .map(c -> new Snapshot.Progress(c.id(), c.done(), c.steps(), c.step()))
          .orElse(null);
    }

    /** None at first: a new listener gets the present state, not the changes. */
    private List<Snapshot.StateChange> changes(Snapshot snapshot, String now) {
      List<Snapshot.StateChange> changes = new ArrayList<>();
      if (flows.isEmpty()) {
        return changes;
      }
      Map<String, Snapshot.Flow> gone = new HashMap<>(flows);
      for (Snapshot.Flow flow : snapshot.deliveries()) {
        Snapshot.Flow before = gone.remove(flow.name());
        String from = before == null ? null : before.state();
        if (!flow.state().equals(from)) {
          changes.add(
              new Snapshot.StateChange(now, flow.name(), from, flow.state(), flow.lastError()));
        }
      }
      gone.values()
          .forEach(
              flow ->
                  changes.add(
                      new Snapshot.StateChange(now, flow.name(), flow.state(), null, null)));
      return changes;
    }
  }
}
