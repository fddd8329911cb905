package io.handfast.readiness;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One thing that must be right for the promises to hold. It opens nothing and changes nothing.
 *
 * @param name in lower case with hyphens
 * @param isAcceptable whether an operator may accept the risk; not where nothing could work then
 * @param look adds what is wrong; nothing where all is well, or where there is nothing to look at
 */
record Check(
    String name, Asks asks, boolean isAcceptable, BiConsumer<CheckedState, Findings> look) {

  /** What must have been asked before a check can say anything. */
  enum Asks {
    /** The configuration and this machine are enough. */
    NOTHING,
    DATABASES,
    BROKER
  }

  /** A check of what this node is set to. */
  static Check ofNode(String name, Consumer<Findings> look) {
    return new Check(name, Asks.NOTHING, true, (known, findings) -> look.accept(findings));
  }

  /** A check of what the deliveries are set to, and have seen. */
  static Check ofDeliveries(String name, BiConsumer<CheckedState, Findings> look) {
    return new Check(name, Asks.NOTHING, true, look);
  }

  /** A check of what the databases answered. */
  static Check ofDatabases(String name, BiConsumer<CheckedState, Findings> look) {
    return new Check(name, Asks.DATABASES, true, look);
  }

  /** A check of the broker, as its management describes it. */
  static Check ofBroker(String name, BiConsumer<BrokerState, Findings> look) {
    return new Check(
        name,
        Asks.BROKER,
        true,
        (known, findings) -> {
          BrokerState broker = known.broker();
          if (broker != null) {
            look.accept(broker, findings);
          }
        });
  }

  /** The same check, whose refusals no person may accept. */
  Check notAcceptable() {
    return new Check(name, asks, false, look);
  }

  List<Finding> findings(CheckedState known) {
    Findings findings = new Findings(name);
    look.accept(known, findings);
    return findings.all();
  }
}
