package io.handfast.it.acceptance.tracing;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.HexFormat;
import java.util.List;

/** A span as a collector has got it; ids are in hexadecimal digits. */
public record ExportedSpan(Resource resource, Span span) {

  public String name() {
    return span.getName();
  }

  public String trace() {
    return hex(span.getTraceId());
  }

  public String id() {
    return hex(span.getSpanId());
  }

  public String parent() {
    return hex(span.getParentSpanId());
  }

  /** What it is linked with, each as trace id and span id with a hyphen between them. */
  public List<String> links() {
    return span.getLinksList().stream()
        .map(link -> hex(link.getTraceId()) + "-" + hex(link.getSpanId()))
        .toList();
  }

  /** How a link or a header names it. */
  public String traceAndId() {
    return trace() + "-" + id();
  }

  public boolean isError() {
    return span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR;
  }

  public String statusText() {
    return span.getStatus().getMessage();
  }

  /** The text of an attribute; empty where there is none. */
  public String attribute(String name) {
    return textOf(name, span.getAttributesList());
  }

  /** The text of an attribute of the process. */
  public String resourceAttribute(String name) {
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
  public boolean isWithin(ExportedSpan other) {
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
