/** What monitoring reads: counters, times and states, by the names in docs/reference/metrics.md. */
@org.jspecify.annotations.NullMarked
package io.handfast.metrics;
