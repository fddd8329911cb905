package io.handfast.node;

import jakarta.inject.Singleton;

/** Whether this node takes requests: from the end of its start to the beginning of its end. */
@Singleton
public class NodeState {

  private volatile boolean isOpen;

  public boolean isOpen() {
    return isOpen;
  }

  /** Everything a request may need is there. */
  public void open() {
    isOpen = true;
  }

  /** The node is stopping. */
  public void close() {
    isOpen = false;
  }
}
