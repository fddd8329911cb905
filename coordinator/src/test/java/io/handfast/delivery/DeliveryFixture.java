package io.handfast.delivery;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.node.NodeConfig;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;

/** What deliveries stand on, for a test that has no configuration. */
public final class DeliveryFixture {

  private DeliveryFixture() {}

  /** The deliveries that are stored below a directory. */
  public static DeliveryStore store(Path directory) {
    NodeConfig node =
        (NodeConfig)
            Proxy.newProxyInstance(
                NodeConfig.class.getClassLoader(),
                new Class<?>[] {NodeConfig.class},
                (proxy, method, arguments) -> directory);
    return new DeliveryStore(node, Map::of, new ObjectMapper());
  }

  /** Failures that are kept in memory. */
  public static Failures failures() {
    return new Failures(null);
  }
}
