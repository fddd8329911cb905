package io.handfast.delivery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.delivery.DeliverySpecification.Sink;
import io.handfast.input.WireName;
import io.handfast.message.Source;
import io.handfast.node.NodeConfig;
import io.handfast.participant.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** Writes a delivery as JSON that {@link SpecificationReader} reads back to an equal one. */
public final class SpecificationWriter {

  private static final int FINGERPRINT_BYTES = 16;

  /**
   * What answers say besides the specification. A body may carry it, so that what was read can be
   * written back: the name must be the delivery's, and the rest is ignored.
   */
  public static final List<String> ANSWER_MEMBERS =
      List.of(
          "name",
          "state",
          "retryingSince",
          "lastError",
          "deadLetterDepth",
          "lag",
          "lagByPartition",
          "counters");

  private SpecificationWriter() {}

  /** The specification with every default filled in. */
  public static ObjectNode write(DeliverySpecification specification) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    source(json.putObject("source"), specification.source());
    json.put("guarantee", WireName.of(specification.guarantee()));
    if (specification.guarantee() == Guarantee.EXACTLY_ONCE) {
      json.put("protocol", WireName.of(specification.protocol()));
    }
    json.put("style", WireName.of(specification.style()));
    json.put("consumers", specification.consumers());
    json.put("batch", specification.batch());
    json.put("batchGrows", !specification.isBatchChosen());
    if (specification.sink() != null) {
      sink(json.putObject("sink"), specification.sink());
    }
    if (specification.forward() != null) {
      json.putObject("forward").put("queue", specification.forward());
    }
    if (specification.handler() != null) {
      json.putObject("handler")
          .put("url", specification.handler().url().toString())
          .put("timeout", specification.handler().timeout().toString());
    }
    json.putObject("retry")
        .put("attempts", specification.retry().attempts())
        .put("delay", specification.retry().delay().toString());
    if (specification.isOfBroker()) {
      json.putObject("deadLetter").put("queue", specification.deadLetter());
    }
    return json;
  }

  /** The same as it is stored: without what was not chosen and would mean something if it were. */
  static ObjectNode writeChosen(DeliverySpecification specification) {
    ObjectNode json = write(specification);
    json.remove("batchGrows");
    if (!specification.isBatchChosen()) {
      json.remove("batch");
    }
    return json;
  }

  /** A text that two specifications share only where they are equal. */
  public static String fingerprint(DeliverySpecification specification) {
    byte[] text = writeChosen(specification).toString().getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Sha256.of(text), 0, FINGERPRINT_BYTES);
  }

  private static void source(ObjectNode json, Source source) {
    Source.Group group = source.group();
    Source.Key key = source.key();
    if (key != null) {
      ObjectNode sqs = json.putObject("sqs").put("queue", source.queue());
      if (key != Source.Key.MESSAGE_ID) {
        sqs.put("key", WireName.of(key));
      }
    } else if (group != null) {
      ObjectNode kafka =
          json.putObject("kafka")
              .put("topic", source.topic())
              .put("group", group.name())
              .put("from", WireName.of(group.from()))
              .put("format", WireName.of(group.format()));
      if (group.idHeader() != null) {
        kafka.putObject("key").put("header", group.idHeader());
      }
    } else if (source.queue() != null) {
      json.put("queue", source.queue());
    } else {
      json.put("topic", source.topic()).put("subscription", source.subscription());
    }
    if (source.selector() != null) {
      json.put("selector", source.selector());
    }
  }

  private static void sink(ObjectNode json, Sink sink) {
    if (!sink.database().equals(NodeConfig.DEFAULT_DATABASE)) {
      json.put("database", sink.database());
    }
    ArrayNode statements = json.putArray("statements");
    sink.statements().forEach(statement -> statements.add(statement.sql()));
    if (!sink.onNull().isEmpty()) {
      ArrayNode onNull = json.putArray("onNull");
      sink.onNull().forEach(statement -> onNull.add(statement.sql()));
    }
    if (sink.isRowExpected()) {
      json.put("expectRows", true);
    }
  }
}
