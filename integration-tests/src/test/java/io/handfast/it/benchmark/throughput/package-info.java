/** The benchmark of throughput, latency and memory, and the page that it writes. */
package io.handfast.it.benchmark.throughput;
