package io.handfast;

import io.handfast.delivery.Deliveries;
import io.handfast.embedded.EmbeddedParts;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.recovery.Recovery;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/** Prints the addresses of console, API, broker and database once, when the service is ready. */
@Singleton
class Banner {

  private static final Logger LOG = Logger.getLogger(Banner.class);

  private final Recovery recovery;
  private final Participants participants;
  private final EmbeddedParts embedded;
  private final Deliveries deliveries;
  private final String host;
  private final int port;
  private final boolean isForMachines;

  Banner(
      Recovery recovery,
      Participants participants,
      EmbeddedParts embedded,
      Deliveries deliveries,
      Config config) {
    this.recovery = recovery;
    this.participants = participants;
    this.embedded = embedded;
    this.deliveries = deliveries;
    this.host = config.getValue("quarkus.http.host", String.class);
    this.port = config.getValue("quarkus.http.port", Integer.class);
    this.isForMachines = config.getValue("quarkus.log.console.json.enabled", Boolean.class);
  }

  @SuppressWarnings("java:S106") // the banner is for the person at the terminal, not for the log
  void printOnceReady() throws InterruptedException {
    if (!recovery.awaitFirstScan()) {
      return;
    }
    if (isForMachines) {
      LOG.info("ready");
    } else {
      System.out.println(text());
    }
  }

  /** An address that a browser on this machine takes, also where all are listened on. */
  private static String address(String host) {
    return switch (host) {
      case "0.0.0.0", "::", "[::]" -> "127.0.0.1";
      default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    };
  }

  private String text() {
    String api = "http://" + address(host) + ":" + port;
    String broker =
        embedded.brokerUrl() != null
            ? embedded.brokerUrl() + "  (inside this process, no password)"
            : participants.broker().isPresent()
                ? participants.broker().settings().toString()
                : "none  (handfast.broker.enabled is false)";
    String database =
        embedded.databaseUrl() != null
            ? embedded.databaseUrl() + "  (inside this process, user sa, no password)"
            : participants
                .database(NodeConfig.DEFAULT_DATABASE)
                .map(known -> known.safeUrl())
                .orElse("none");
    StringBuilder text = new StringBuilder();
    String waiting = String.join(" and ", recovery.unreachable());
    String refused = String.join(" and ", recovery.refused());
    text.append(waiting.isEmpty() && refused.isEmpty() ? "\nHandfast is ready.\n\n" : "\n");
    if (!refused.isEmpty()) {
      text.append("Handfast is up, and refused by: ").append(refused).append(". See the log.\n\n");
    }
    if (!waiting.isEmpty()) {
      text.append("Handfast is up, and waits for: ").append(waiting).append(".\n\n");
    }
    text.append("  API        ").append(api).append("/v1/deliveries\n");
    text.append("  console    ").append(api).append("/\n");
    text.append("  broker     ").append(broker).append('\n');
    text.append("  database   ").append(database).append('\n');
    if (deliveries.find("orders").isPresent()) {
      text.append("\nTry, in another terminal:\n\n");
      text.append("  curl -i ").append(api).append("/v1/queues/orders/messages \\\n");
      text.append("    -H 'Content-Type: application/json' ");
      text.append("-d '{\"id\": \"o-1\", \"item\": \"tea\", \"qty\": 2}'\n");
      text.append("  curl ").append(api).append("/v1/deliveries/orders\n");
    }
    return text.toString();
  }
}
