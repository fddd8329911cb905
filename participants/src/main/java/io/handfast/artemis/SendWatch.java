package io.handfast.artemis;

import io.handfast.concurrent.Repeating;
import io.handfast.concurrent.Threads;
import io.handfast.message.BlockedSends;
import io.handfast.message.BrokerException;
import io.handfast.message.ProducersBlockedException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the time of every send, and knows which queues block producers.
 *
 * <p>The client waits for credits of the broker, which gives none while its disk or the address is
 * full, and that wait has no end ({@code ClientProducerCreditsImpl.actualAcquire}, Artemis 2.53 to
 * 2.56). A send that waits too long loses its connection, which ends it. Once one has waited for
 * {@link #NOTICED} looks, its queue counts as blocked: only one send at a time waits there then,
 * and others fail at once, so that a blocked queue cannot occupy all threads. A send of its own
 * that is rolled back finds out when the broker takes messages again.
 *
 * <p>Looks are counted, not time: a process that stood still has not waited. Thread-safe.
 */
final class SendWatch {

  private static final Duration LOOK = Duration.ofMillis(250);
  private static final int NOTICED = 8;
  private static final int LONGEST = 40;

  /** Sends something to a queue on a session of its own, and takes it back. */
  @FunctionalInterface
  interface Probe {
    /** Returns where the broker takes messages. */
    void of(String queue) throws BrokerException;
  }

  private static final class Sending {
    private final String queue;
    private final Runnable lose;
    private int looks;
    private volatile boolean isEnded;

    Sending(String queue, Runnable lose) {
      this.queue = queue;
      this.lose = lose;
    }

    void end() {
      if (!isEnded) {
        isEnded = true;
        Threads.start("send-end", lose); // losing a connection may wait itself
      }
    }
  }

  private final Duration look;
  private final Probe probe;
  private final Set<Sending> waiting = ConcurrentHashMap.newKeySet();
  private final Map<String, Boolean> blocked = new ConcurrentHashMap<>();
  private final Set<String> probing = ConcurrentHashMap.newKeySet();
  private final BlockedSends listener;
  private @Nullable Repeating looking;

  SendWatch(Probe probe, BlockedSends listener) {
    this(LOOK, probe, listener);
  }

  SendWatch(Duration look, Probe probe, BlockedSends listener) {
    this.look = look;
    this.probe = probe;
    this.listener = listener;
  }

  /** The queues that the broker takes no messages for. */
  Set<String> blocked() {
    return Set.copyOf(blocked.keySet());
  }

  /**
   * Sends.
   *
   * @param lose ends the connection that it is sent on, from another thread
   * @throws ProducersBlockedException the broker takes nothing for the queue
   */
  void send(String queue, Runnable lose, CoreCalls.Run send) throws BrokerException {
    if (!blocked.isEmpty() && blocked.containsKey(queue) && isWaitedAt(queue)) {
      throw new ProducersBlockedException(queue, null);
    }
    sendAlone(queue, lose, send);
  }

  /** Sends also while others wait at the queue. */
  void sendAlone(String queue, Runnable lose, CoreCalls.Run send) throws BrokerException {
    Sending sending = new Sending(queue, lose);
    waiting.add(sending);
    startLooking();
    try {
      CoreCalls.run(send);
    } catch (BrokerException e) {
      if (sending.isEnded) {
        throw new ProducersBlockedException(queue, e);
      }
      throw e;
    } finally {
      waiting.remove(sending);
    }
    if (sending.isEnded) { // it came through in the moment in which its connection was lost
      throw new ProducersBlockedException(queue, null);
    }
  }

  private boolean isWaitedAt(String queue) {
    return waiting.stream().anyMatch(sending -> sending.queue.equals(queue));
  }

  private synchronized void startLooking() {
    if (looking == null) {
      looking = Repeating.start("send-watch", look, look, this::look);
    }
  }

  private void look() {
    Map<String, List<Sending>> late =
        waiting.stream()
            .filter(sending -> ++sending.looks >= NOTICED)
            .collect(Collectors.groupingBy(sending -> sending.queue));
    late.forEach(this::lookAt);
    blocked.keySet().stream().filter(probing::add).forEach(this::startProbe);
  }

  private void lookAt(String queue, List<Sending> late) {
    if (blocked.putIfAbsent(queue, true) == null) {
      listener.blocked(queue);
    }
    late.sort(Comparator.comparingInt(sending -> -sending.looks));
    late.stream().skip(1).forEach(Sending::end);
    if (late.get(0).looks >= LONGEST) {
      late.get(0).end();
    }
  }

  private void startProbe(String queue) {
    Threads.start(
        "send-probe",
        () -> {
          try {
            probe.of(queue);
            blocked.remove(queue);
            listener.released(queue);
          } catch (BrokerException | RuntimeException e) {
            // Still blocked, or the broker is unreachable: the next look begins another one.
          } finally {
            probing.remove(queue);
          }
        });
  }
}
