package io.handfast.message;

import org.jspecify.annotations.Nullable;

/** The broker takes no messages for a queue now; nothing was sent. */
public final class ProducersBlockedException extends BrokerException {

  private static final long serialVersionUID = 1L;

  public ProducersBlockedException(String queue, @Nullable Exception cause) {
    super(
        "the broker takes no messages for "
            + queue
            + ": its disk or the address is full (max-disk-usage, max-size-bytes); make room there",
        cause);
  }
}
