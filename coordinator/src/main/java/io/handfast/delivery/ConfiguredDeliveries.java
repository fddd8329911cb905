package io.handfast.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Converts deliveries of the configuration to the JSON of the REST API, so that one reader reads
 * both.
 */
final class ConfiguredDeliveries {

  private ConfiguredDeliveries() {}

  static Map<String, JsonNode> asJson(DeliveriesConfig config) {
    Map<String, JsonNode> deliveries = new TreeMap<>();
    config.byName().forEach((name, fields) -> deliveries.put(name, asJson(fields)));
    return deliveries;
  }

  private static ObjectNode asJson(DeliveriesConfig.Fields fields) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode source = json.putObject("source");
    put(source, "queue", fields.source().queue());
    put(source, "topic", fields.source().topic());
    put(source, "subscription", fields.source().subscription());
    put(source, "selector", fields.source().selector());
    fields.source().kafka().ifPresent(kafka -> kafka(source.withObject("/kafka"), kafka));
    fields
        .source()
        .sqs()
        .ifPresent(
            sqs -> {
              put(source.withObject("/sqs"), "queue", sqs.queue());
              put(source.withObject("/sqs"), "key", sqs.key());
            });
    put(json, "guarantee", fields.guarantee());
    put(json, "protocol", fields.protocol());
    put(json, "style", fields.style());
    put(json, "consumers", fields.consumers());
    put(json, "batch", fields.batch());
    fields.sink().ifPresent(sink -> sink(json.putObject("sink"), sink));
    fields.forward().ifPresent(f -> put(json.putObject("forward"), "queue", f.queue()));
    fields
        .handler()
        .ifPresent(
            handler -> {
              put(json.withObject("/handler"), "url", handler.url());
              put(json.withObject("/handler"), "timeout", handler.timeout());
            });
    fields.retry().ifPresent(retry -> retry(json.putObject("retry"), retry));
    fields.deadLetter().ifPresent(d -> put(json.putObject("deadLetter"), "queue", d.queue()));
    return json;
  }

  private static void kafka(ObjectNode json, DeliveriesConfig.Kafka kafka) {
    put(json, "topic", kafka.topic());
    put(json, "group", kafka.group());
    put(json, "from", kafka.from());
    put(json, "format", kafka.format());
    kafka.key().ifPresent(key -> put(json.putObject("key"), "header", key.header()));
  }

  private static void sink(ObjectNode json, DeliveriesConfig.Sink sink) {
    put(json, "database", sink.database());
    sink.statements().ifPresent(list -> list.forEach(json.putArray("statements")::add));
    sink.onNull().ifPresent(list -> list.forEach(json.putArray("onNull")::add));
    put(json, "expectRows", sink.expectRows());
  }

  private static void retry(ObjectNode json, DeliveriesConfig.Retry retry) {
    put(json, "attempts", retry.attempts());
    put(json, "delay", retry.delay());
  }

  private static void put(ObjectNode json, String member, Optional<String> value) {
    value.ifPresent(text -> json.put(member, text));
  }
}
