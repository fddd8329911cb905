package io.handfast.event;

import io.handfast.message.Source;
import io.handfast.transaction.TransactionStatus;
import java.util.Map;

/** A delivery that only has a name. */
public record FakeDelivery(String name) implements ObservedDelivery {

  @Override
  public Source source() {
    return Source.ofQueue(name);
  }

  @Override
  public Enum<?> guarantee() {
    return TransactionStatus.ACTIVE;
  }

  @Override
  public String deadLetterQueue() {
    return name + ".dead";
  }

  @Override
  public boolean isTemporary() {
    return false;
  }

  @Override
  public Enum<?> state() {
    return TransactionStatus.ACTIVE;
  }

  @Override
  public int unitsInHand() {
    return 0;
  }

  @Override
  public Map<String, Long> counts() {
    return Map.of();
  }
}
