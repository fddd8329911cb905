package io.handfast.readiness;

import io.handfast.message.IdMemory;
import java.util.ArrayList;
import java.util.List;

/** Whether the broker remembers long enough which messages were sent under an id. */
final class MessageIdsCheck implements BrokerCheck {

  private static final long FEW = 10_000;

  @Override
  public String name() {
    return "message-ids";
  }

  @Override
  public List<Finding> findings(BrokerState broker, Known known) {
    IdMemory memory = broker.idMemory();
    List<Finding> findings = new ArrayList<>();
    if (memory.size() < FEW) {
      findings.add(
          warns(
              "id-cache-size",
              "is %d at the broker: a call that is repeated with its Handfast-Message-Id after as many others is sent again"
                  .formatted(memory.size()),
              "set <id-cache-size>20000</id-cache-size> or more in broker.xml"));
    }
    if (!memory.isPersistent()) {
      findings.add(
          warns(
              "persist-id-cache",
              "is false at the broker: a call that is repeated with its Handfast-Message-Id after its restart is sent again",
              "set <persist-id-cache>true</persist-id-cache> in broker.xml"));
    }
    return findings;
  }
}
