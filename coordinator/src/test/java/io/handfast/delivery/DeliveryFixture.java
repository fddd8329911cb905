package io.handfast.delivery;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.node.NodeHome;
import java.nio.file.Path;
import java.util.Map;

/** What deliveries stand on, for a test that has no configuration. */
public final class DeliveryFixture {

  private DeliveryFixture() {}

  /** The deliveries that are stored below a directory. */
  public static DeliveryStore store(Path directory) {
    return new DeliveryStore(new NodeHome("node", directory), Map::of, new ObjectMapper());
  }

  /** Failures that are kept in memory. */
  public static Failures failures() {
    return new Failures(null);
  }
}
