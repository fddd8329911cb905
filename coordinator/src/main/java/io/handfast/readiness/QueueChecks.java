package io.handfast.readiness;

import io.handfast.message.LeasedQueue;
import io.handfast.readiness.Check.Findings;

/** Checks of queues that lease their messages. */
final class QueueChecks {

  private QueueChecks() {}

  /** Whether the queue leaves a message to Handfast until its attempts are over. */
  static void receives(CheckedState known, Findings findings) {
    known
        .topics()
        .queues()
        .forEach(
            (delivery, queue) -> receives(delivery, attempts(known, delivery), queue, findings));
  }

  private static int attempts(CheckedState known, String delivery) {
    var specification = known.deliveries().get(delivery);
    return specification == null ? 0 : specification.retry().attempts();
  }

  private static void receives(
      String delivery, int attempts, LeasedQueue queue, Findings findings) {
    if (queue.receives() > 0 && queue.receives() <= attempts) {
      findings.warns(
          "maxReceiveCount",
          "is %d for the queue of delivery '%s', whose messages are tried %d times: SQS moves them to %s before Handfast has done that, and counts each receive, also after an outage"
              .formatted(queue.receives(), delivery, attempts, queue.deadLetters()),
          "set it well above retry.attempts, such as " + 10 * attempts);
    }
  }
}
