package io.handfast.tracing;

import io.opentelemetry.api.common.AttributeKey;

/**
 * The names of span attributes: OpenTelemetry's conventions for messaging where they have one,
 * Handfast's own otherwise.
 */
final class SpanAttributes {

  static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  static final AttributeKey<String> SOURCE = AttributeKey.stringKey("messaging.destination.name");
  static final AttributeKey<String> SUBSCRIPTION =
      AttributeKey.stringKey("messaging.destination.subscription.name");
  static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
  static final AttributeKey<String> OPERATION_TYPE =
      AttributeKey.stringKey("messaging.operation.type");
  static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("messaging.message.id");
  static final AttributeKey<Long> MESSAGES = AttributeKey.longKey("messaging.batch.message_count");

  static final AttributeKey<String> TRANSACTION = AttributeKey.stringKey("handfast.transaction");
  static final AttributeKey<String> DELIVERY = AttributeKey.stringKey("handfast.delivery");
  static final AttributeKey<String> GUARANTEE = AttributeKey.stringKey("handfast.guarantee");
  static final AttributeKey<String> PARTICIPANT = AttributeKey.stringKey("handfast.participant");
  static final AttributeKey<String> ACTION = AttributeKey.stringKey("handfast.action");
  static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("handfast.outcome");

  private SpanAttributes() {}
}
