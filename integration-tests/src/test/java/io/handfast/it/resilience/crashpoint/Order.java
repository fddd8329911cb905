package io.handfast.it.resilience.crashpoint;

/** Which of the two participants is enlisted, prepared and committed first. */
enum Order {
  /** A delivery: messages are received first, and applied then. */
  BROKER_FIRST("broker", "database"),
  /** A client that uses the database before it receives messages. */
  DATABASE_FIRST("database", "broker");

  private final String first;
  private final String second;

  Order(String first, String second) {
    this.first = first;
    this.second = second;
  }

  /** The name of the participant that comes first. */
  String first() {
    return first;
  }

  /** The name of the participant that comes second. */
  String second() {
    return second;
  }

  @Override
  public String toString() {
    return first + "-first";
  }
}
