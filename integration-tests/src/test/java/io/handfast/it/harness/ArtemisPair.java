package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Two Artemis brokers with one store. One is active; the other waits for the store's lock, takes
 * over when the active one is gone, and keeps the part until it is gone itself.
 */
public final class ArtemisPair implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String FAILOVER = "<failover-on-shutdown>true</failover-on-shutdown>";

  private final Path store = Directories.work("artemis-store");
  private final List<Integer> ports = List.of(Ports.free(), Ports.free());
  private final List<ArtemisProcess> brokers = new ArrayList<>();

  public ArtemisPair() {
    brokers.add(create("artemis-primary", 0, List.of()));
    ArtemisProcess backup = create("artemis-backup", 1, List.of("--backup"));
    backup.configure(
        FAILOVER, FAILOVER + "\n               <allow-failback>false</allow-failback>");
    brokers.add(backup);
  }

  private ArtemisProcess create(String name, int own, List<String> more) {
    List<String> options = new ArrayList<>(more);
    options.addAll(List.of("--name", name, "--shared-store", "--failover-on-shutdown"));
    options.addAll(List.of("--data", store.toString(), "--clustered"));
    options.add("--java-options=-XX:TieredStopAtLevel=1"); // a quick start, of which there are many
    options.addAll(List.of("--cluster-user", "cluster", "--cluster-password", "cluster-secret"));
    options.add("--staticCluster=tcp://127.0.0.1:" + ports.get(1 - own));
    return new ArtemisProcess(name, ports.get(own), -1, options);
  }

  /** Starts whichever does not run; returns when one of them accepts connections. */
  public ArtemisPair start() {
    for (ArtemisProcess broker : brokers) {
      if (!broker.isAlive()) {
        broker.launch();
      }
      awaitActive();
    }
    return this;
  }

  /** Waits until one of them accepts connections. */
  public void awaitActive() {
    Eventually.within(
        PATIENCE,
        () ->
            assertThat(brokers)
                .as("a broker that accepts connections")
                .anyMatch(ArtemisProcess::isAccepting));
  }

  /** The one that is active; the first one while neither is. */
  public ArtemisProcess active() {
    return brokers.stream()
        .filter(ArtemisProcess::isAccepting)
        .findFirst()
        .orElseGet(() -> brokers.get(0));
  }

  /** The ports of the two, of which one is open. */
  public List<Integer> ports() {
    return ports;
  }

  /** Whichever of the two is active, for clients that do not wait long. */
  public Broker address() {
    Broker broker = addressOn(ports);
    return new Broker(broker.url() + "&callTimeout=5000", broker.username(), broker.password());
  }

  /** The same through other ports that lead to them. */
  public static Broker addressOn(List<Integer> ports) {
    return ArtemisProcess.addressOn(
        "(tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)?useTopologyForLoadBalancing=false&initialConnectAttempts=2&retryInterval=200"
            .formatted(ports.get(0), ports.get(1)));
  }

  @Override
  public void close() {
    brokers.forEach(ArtemisProcess::close);
    Directories.delete(store);
  }
}
