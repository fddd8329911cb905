package io.handfast.it.resilience.torture;

import io.handfast.it.harness.ArtemisProcess;
import io.handfast.it.harness.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What is done to a part, and undone.
 *
 * <p>How often one is chosen is its weight; how long it lasts is drawn, in milliseconds.
 */
enum Fault {
  KILL_COORDINATOR(26, 1_500),
  POWER_FAILURE(8, 1_000),
  KILL_BROKER(20, 1_000),
  KILL_DATABASE(26, 1_000),
  STOP_COORDINATOR(4, 8_000),
  STOP_BROKER(2, 5_000),
  STOP_DATABASE(2, 5_000),
  CUT_BROKER(4, 1),
  CUT_DATABASE(4, 1),
  REFUSE_BROKER(2, 3_000),
  REFUSE_DATABASE(2, 3_000),
  LOSE_BROKER_REPLIES(3, 1_000),
  LOSE_DATABASE_REPLIES(3, 1_000),
  STALL_BROKER(2, 4_000),
  STALL_DATABASE(2, 4_000),
  TERMINATE_COORDINATOR(2, 1_000),
  MOVE_CLOCK(3, 10_000),
  SLOW_FORCES(3, 5_000),
  FULL_DISK(3, 5_000),
  RESTART_DATABASE(2, 500);

  /**
   * How wrong a clock becomes. A message that is to be tried again then waits for as much longer:
   * its time is told by the clock of whoever sends it.
   */
  static final Duration CLOCK = Duration.parse(System.getProperty("torture.clock", "PT10M"));

  private static final Duration SLOW = Duration.ofMillis(50);

  private final int weight;
  private final int longest;

  Fault(int weight, int longest) {
    this.weight = weight;
    this.longest = longest;
  }

  /** Draws one by weight, also one that no node can be hit by. */
  static Fault draw(Random random) {
    List<Fault> all = new ArrayList<>();
    for (Fault fault : values()) {
      for (int i = 0; i < fault.weight; i++) {
        all.add(fault);
      }
    }
    return all.get(random.nextInt(all.size()));
  }

  /** Draws how many milliseconds it lasts. */
  int drawLength(Random random) {
    return 1 + random.nextInt(longest);
  }

  boolean isKill() {
    return name().startsWith("KILL_") || this == POWER_FAILURE;
  }

  /** Whether a node is so arranged that this can be done to it. */
  boolean canHit(Node node) {
    return switch (this) {
      case FULL_DISK -> node.hasSmallDisk();
      case POWER_FAILURE, SLOW_FORCES -> !node.hasSmallDisk();
      default -> true;
    };
  }

  String key() {
    return name().toLowerCase().replace('_', ' ');
  }

  /** The part that it is done to, of which only one fault at a time has hold. */
  String part(Node node) {
    if (isToDatabaseItself()) {
      return "database";
    }
    if (isToBrokerItself()) {
      return "broker";
    }
    boolean isToNode = name().endsWith("COORDINATOR") || this == POWER_FAILURE;
    return isToNode ? node.name() : node.name() + what();
  }

  private boolean isToDatabaseItself() {
    return List.of(KILL_DATABASE, STOP_DATABASE, RESTART_DATABASE).contains(this);
  }

  private boolean isToBrokerItself() {
    return List.of(KILL_BROKER, STOP_BROKER).contains(this);
  }

  private String what() {
    return switch (this) {
      case MOVE_CLOCK -> " clock";
      case SLOW_FORCES, FULL_DISK -> " disk";
      default -> name().contains("DATABASE") ? " to database" : " to broker";
    };
  }

  /**
   * Does it, lets it last and undoes it.
   *
   * @param isPatient whether to wait until the part works again; otherwise the next fault may hit
   *     it while it is still starting
   */
  void inflict(Arena arena, Node node, int millis, boolean isPatient) throws Exception {
    switch (this) {
      case KILL_COORDINATOR -> {
        node.kill9();
        startAgain(node, millis, isPatient);
      }
      case POWER_FAILURE -> {
        node.kill9();
        node.loseWhatWasNotForced(millis);
        startAgain(node, millis, isPatient);
      }
      case TERMINATE_COORDINATOR -> {
        node.terminate();
        startAgain(node, millis, isPatient);
      }
      case STOP_COORDINATOR -> {
        node.process().process().freeze();
        Thread.sleep(millis);
        node.process().process().thaw();
      }
      case KILL_BROKER -> {
        arena.brokers().active().kill9();
        Thread.sleep(millis);
        arena.brokers().start();
      }
      case STOP_BROKER -> {
        ArtemisProcess broker = arena.brokers().active();
        broker.process().freeze();
        Thread.sleep(millis);
        broker.process().thaw();
      }
      case KILL_DATABASE -> {
        arena.postgres().kill9();
        Thread.sleep(millis);
        arena.postgres().start();
      }
      case RESTART_DATABASE -> {
        arena.postgres().stop();
        Thread.sleep(millis);
        arena.postgres().start();
      }
      case STOP_DATABASE -> {
        arena.postgres().freeze();
        Thread.sleep(millis);
        arena.postgres().thaw();
      }
      case MOVE_CLOCK -> {
        boolean isBack = millis % 2 == 0;
        node.faults().moveClock(isBack ? CLOCK.negated() : CLOCK);
        Thread.sleep(millis);
        node.faults().moveClock(Duration.ZERO);
      }
      case SLOW_FORCES -> {
        node.faults().forcesTake(SLOW);
        Thread.sleep(millis);
        node.faults().forcesTake(Duration.ZERO);
      }
      case FULL_DISK -> {
        try (SmallDisk.Filling filling = node.disk().fill()) {
          Thread.sleep(millis);
        }
      }
      case CUT_BROKER -> node.toBrokers().forEach(TcpProxy::cut);
      case CUT_DATABASE -> node.toDatabase().cut();
      case REFUSE_BROKER -> disturb(node.toBrokers(), TcpProxy::refuse, millis);
      case REFUSE_DATABASE -> disturb(List.of(node.toDatabase()), TcpProxy::refuse, millis);
      case LOSE_BROKER_REPLIES -> disturb(node.toBrokers(), TcpProxy::loseReplies, millis);
      case LOSE_DATABASE_REPLIES ->
          disturb(List.of(node.toDatabase()), TcpProxy::loseReplies, millis);
      case STALL_BROKER -> disturb(node.toBrokers(), TcpProxy::stall, millis);
      case STALL_DATABASE -> disturb(List.of(node.toDatabase()), TcpProxy::stall, millis);
    }
  }

  private static void startAgain(Node node, int millis, boolean isPatient) throws Exception {
    Thread.sleep(millis);
    node.launch();
    if (isPatient) {
      node.awaitReady();
    }
  }

  private interface Disturbance {
    void of(TcpProxy network);
  }

  private static void disturb(List<TcpProxy> network, Disturbance disturbance, int millis)
      throws InterruptedException {
    network.forEach(disturbance::of);
    Thread.sleep(millis);
    network.forEach(TcpProxy::heal);
  }
}
