package io.handfast.readiness;

import io.handfast.commit.TwoPhaseCommit;
import io.handfast.delivery.DeliverySpecification.HandlerCall;
import java.util.ArrayList;
import java.util.List;

/** Whether a handler may answer later than its unit of work lives. */
final class HandlerTimeoutsCheck implements Check {

  @Override
  public String name() {
    return "handler-timeouts";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  @Override
  public List<Finding> findings(Known known) {
    List<Finding> findings = new ArrayList<>();
    known
        .deliveries()
        .forEach(
            (name, delivery) -> {
              HandlerCall handler = delivery.handler();
              if (handler != null
                  && delivery.isTwoPhaseCommit()
                  && handler.timeout().compareTo(TwoPhaseCommit.LONGEST_UNIT) >= 0) {
                findings.add(
                    warns(
                        "handler.timeout",
                        "is %s in delivery '%s', and its unit of work is rolled back after %s: an answer that comes later counts for nothing"
                            .formatted(handler.timeout(), name, TwoPhaseCommit.LONGEST_UNIT),
                        "use less than " + TwoPhaseCommit.LONGEST_UNIT));
              }
            });
    return findings;
  }
}
