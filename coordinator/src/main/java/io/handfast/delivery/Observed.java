package io.handfast.delivery;

import io.handfast.event.ObservedDelivery;
import io.handfast.message.Source;
import java.util.Map;

/** A delivery as subscribers see it. */
record Observed(Delivery delivery, boolean isTemporary) implements ObservedDelivery {

  @Override
  public String name() {
    return delivery.name();
  }

  @Override
  public Source source() {
    return delivery.specification().source();
  }

  @Override
  public Guarantee guarantee() {
    return delivery.specification().guarantee();
  }

  @Override
  public String deadLetterQueue() {
    return delivery.specification().deadLetter();
  }

  @Override
  public Delivery.State state() {
    return delivery.state();
  }

  @Override
  public int unitsInHand() {
    return delivery.unitsInHand();
  }

  @Override
  public Map<String, Long> counts() {
    return delivery.counters().values();
  }
}
