/** Traces of messages, units of work and recovery, for OpenTelemetry. */
@org.jspecify.annotations.NullMarked
package io.handfast.tracing;
