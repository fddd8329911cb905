package io.handfast.it.benchmark.recovery;

/**
 * What is done before each start that is measured.
 *
 * @param isKilled whether the node is killed under load, or else stopped in order
 * @param leftInDatabase branches that are prepared by hand before the start, in the database
 * @param leftInBroker the same, in the broker
 */
record Setting(
    String name, int consumers, int batch, boolean isKilled, int leftInDatabase, int leftInBroker) {
  static Setting stopped() {
    return new Setting("stopped in order", 4, 100, false, 0, 0);
  }

  static Setting killed(int consumers, int batch) {
    return new Setting(
        "killed, %d consumers × %d".formatted(consumers, batch), consumers, batch, true, 0, 0);
  }

  static Setting killedWithMore(String name, int inDatabase, int inBroker) {
    return new Setting("killed, " + name, 4, 100, true, inDatabase, inBroker);
  }

  int left() {
    return leftInDatabase + leftInBroker;
  }

  /** A name for files, queues and tables. */
  String key() {
    return "c%dx%d%sl%dx%d"
        .formatted(consumers, batch, isKilled ? "k" : "s", leftInDatabase, leftInBroker);
  }
}
