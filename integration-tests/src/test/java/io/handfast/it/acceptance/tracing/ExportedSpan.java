package io.handfast.it.acceptance.tracing;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.HexFormat;
import java.util.List;

/** A span as a collector has got it; ids are in hexadecimal digits. */
record ExportedSpan(Resource resource, Span span) {

  String name() {
    return span.getName();
  }

  String trace() {
    return hex(span.getTraceId());
  }

  String id() {
    return hex(span.getSpanId());
  }

  String parent() {
    return hex(span.getParentSpanId());
  }

  /** What it is linked with, each as trace id and span id with a hyphen between them. */
  List<String> links() {
    return span.getLinksList().stream()
        .map(link -> hex(link.getTraceId()) + "-" + hex(link.getSpanId()))
        .toList();
  }

  /** How a link or a header names it. */
  String traceAndId() {
    return trace() + "-" + id();
  }

  boolean isError() {
    return span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR;
  }

  String statusText() {
    return span.getStatus().getMessage();
  }

  /** The text of an attribute; empty where there is none. */
  String attribute(String name) {
    return textOf(name, span.getAttributesList());
  }

  /** The text of an attribute of the process. */
  String resourceAttribute(String name) {
    return textOf(name, resource.getAttributesList());
  }

  private static String textOf(String name, List<KeyValue> attributes) {
    return attributes.stream()
        .filter(attribute -> attribute.getKey().equals(name))
        .map(attribute -> attribute.getValue().getStringValue())
        .findFirst()
        .orElse("");
  }

  /** Whether all of it lies within another one. */
  boolean isWithin(ExportedSpan other) {
    return span.getStartTimeUnixNano() >= other.span.getStartTimeUnixNano()
        && span.getEndTimeUnixNano() <= other.span.getEndTimeUnixNano()
        && span.getStartTimeUnixNano() <= span.getEndTimeUnixNano();
  }

  @Override
  public String toString() {
    return name() + " " + traceAndId();
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
