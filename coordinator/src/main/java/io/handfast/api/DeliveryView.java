package io.handfast.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.delivery.Delivery;
import io.handfast.delivery.SpecificationWriter;
import io.handfast.input.WireName;

/** A delivery as the wire shows it: the specification's members, then what it is doing. */
final class DeliveryView {

  private DeliveryView() {}

  static ObjectNode of(Delivery delivery) {
    ObjectNode view = JsonNodeFactory.instance.objectNode();
    view.put("name", delivery.name());
    view.setAll(SpecificationWriter.write(delivery.specification()));
    view.put("state", WireName.of(delivery.state()));
    view.put("lastError", delivery.lastError());
    ObjectNode counters = view.putObject("counters");
    delivery.counters().values().forEach(counters::put);
    return view;
  }
}
