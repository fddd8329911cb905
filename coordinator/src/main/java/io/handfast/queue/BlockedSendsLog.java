package io.handfast.queue;

import io.handfast.message.BlockedSends;
import org.jboss.logging.Logger;

/** Tells the log where the broker blocks producers, and where no longer. Thread-safe. */
public final class BlockedSendsLog implements BlockedSends {

  private static final Logger LOG = Logger.getLogger(BlockedSendsLog.class);

  @Override
  public void blocked(String queue) {
    LOG.warnf(
        "broker blocks producers queue=%s: its disk or the address is full (max-disk-usage, max-size-bytes); make room there; sends fail after seconds and nothing is lost; trying again until it takes messages",
        queue);
  }

  @Override
  public void released(String queue) {
    LOG.infof("broker takes messages again queue=%s", queue);
  }
}
