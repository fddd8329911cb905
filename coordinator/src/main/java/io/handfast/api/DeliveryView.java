package io.handfast.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.delivery.Delivery;
import io.handfast.delivery.SpecificationWriter;
import io.handfast.input.WireName;
import org.jspecify.annotations.Nullable;

/** A delivery as the wire shows it: the specification's members, then what it is doing. */
final class DeliveryView {

  private DeliveryView() {}

  /**
   * The members of an answer.
   *
   * @param deadLetterDepth messages in the dead-letter queue; null where it is not known
   */
  static ObjectNode of(Delivery delivery, @Nullable Long deadLetterDepth) {
    ObjectNode view = JsonNodeFactory.instance.objectNode();
    view.put("name", delivery.name());
    view.setAll(SpecificationWriter.write(delivery.specification()));
    view.put("state", WireName.of(delivery.state()));
    Delivery.Retrying retrying = delivery.retrying();
    view.put("retryingSince", retrying == null ? null : retrying.since().toString());
    view.put("lastError", delivery.lastError());
    view.put("deadLetterDepth", deadLetterDepth);
    ObjectNode counters = view.putObject("counters");
    delivery.counters().values().forEach(counters::put);
    return view;
  }
}
