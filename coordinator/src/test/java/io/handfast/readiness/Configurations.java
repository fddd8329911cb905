package io.handfast.readiness;

import io.handfast.coordination.TransactionsConfig;
import io.handfast.delivery.DeliveriesConfig;
import io.handfast.node.NodeConfig;
import io.handfast.recovery.RecoveryConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Configurations from lines such as {@code handfast.node=n1}, all else by default. */
final class Configurations {

  private Configurations() {}

  static NodeConfig node(String... lines) {
    return read(lines).getConfigMapping(NodeConfig.class);
  }

  static DeliveriesConfig deliveries(String... lines) {
    return read(lines).getConfigMapping(DeliveriesConfig.class);
  }

  static HomeChecks home(String... lines) {
    return new HomeChecks(node(lines), deliveries(lines), transactions(lines));
  }

  static RecoveryConfig recovery(String... lines) {
    return read(lines).getConfigMapping(RecoveryConfig.class);
  }

  static TransactionsConfig transactions(String... lines) {
    return read(lines).getConfigMapping(TransactionsConfig.class);
  }

  /** The check of this name, of those of a node with these lines and a broker inside. */
  static Check check(String name, String... lines) {
    return check(name, true, lines);
  }

  static Check check(String name, boolean hasBrokerInside, String... lines) {
    return checks(hasBrokerInside, lines).all().stream()
        .filter(check -> check.name().equals(name))
        .findAny()
        .orElseThrow();
  }

  /** All checks, without a risk that is accepted. */
  static Checks checks(boolean hasBrokerInside, String... lines) {
    return new Checks(
        node(lines),
        Optional::empty,
        recovery(lines),
        transactions(lines),
        deliveries(lines),
        () -> hasBrokerInside,
        read(lines));
  }

  static SmallRyeConfig read(String... lines) {
    Map<String, String> values =
        Arrays.stream(lines)
            .map(line -> line.split("=", 2))
            .collect(Collectors.toMap(line -> line[0], line -> line[1]));
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .addDiscoveredInterceptors()
        .withMapping(NodeConfig.class)
        .withMapping(RecoveryConfig.class)
        .withMapping(DeliveriesConfig.class)
        .withMapping(TransactionsConfig.class)
        .withDefaultValue("quarkus.http.host", "127.0.0.1")
        .withSources(new PropertiesConfigSource(values, "test", 100))
        .build();
  }
}
