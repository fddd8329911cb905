package io.handfast.node;

import jakarta.inject.Singleton;
import java.util.List;

/** Whether this node takes requests: from the end of its start to the beginning of its stop. */
@Singleton
public class NodeState {

  private enum Phase {
    STARTING,
    OPEN,
    STOPPING
  }

  private volatile Phase phase = Phase.STARTING;
  private volatile List<String> nameTaken = List.of();

  public boolean isOpen() {
    return phase == Phase.OPEN;
  }

  /** Whether the start is not over yet, so that not every part of the node exists. */
  public boolean isStarting() {
    return phase == Phase.STARTING;
  }

  /** The participants that keep the node's name for another coordinator, which the start awaits. */
  public List<String> nameTaken() {
    return nameTaken;
  }

  /** The start waits until these participants grant the node's name. */
  public void waitsForName(List<String> participants) {
    nameTaken = List.copyOf(participants);
  }

  /** Everything a request may need is there. */
  public void open() {
    phase = Phase.OPEN;
  }

  /** The node is stopping. */
  public void close() {
    phase = Phase.STOPPING;
  }
}
