package io.handfast.it.benchmark.throughput;

/** What is measured of a row in each round. */
enum Figure {
  RATE("messages/s", 0),
  CONTESTANT_CPU("its CPU, ms a message", 3),
  BROKER_CPU("broker's", 3),
  DATABASE_CPU("database's", 3),
  CORES("cores busy", 2),
  RESIDENT("resident, MiB", 0),
  LOST("lost", 0),
  DUPLICATED("duplicated", 0),
  P50("p50, ms", 2),
  P99("p99, ms", 2),
  P999("p99.9, ms", 2),
  HEAP("heap used after a collection, MiB", 1);

  private final String title;
  private final int digits;

  Figure(String title, int digits) {
    this.title = title;
    this.digits = digits;
  }

  String title() {
    return title;
  }

  int digits() {
    return digits;
  }
}
