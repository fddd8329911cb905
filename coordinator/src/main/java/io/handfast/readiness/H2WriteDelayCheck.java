package io.handfast.readiness;

import io.handfast.node.NodeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Whether H2 has written a commit before it confirms it. */
final class H2WriteDelayCheck implements Check {

  private final NodeConfig config;

  H2WriteDelayCheck(NodeConfig config) {
    this.config = config;
  }

  @Override
  public String name() {
    return "h2-write-delay";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  @Override
  public List<Finding> findings(Known known) {
    List<Finding> findings = new ArrayList<>();
    DatabaseUrls.of(config)
        .forEach(
            (key, database) ->
                database
                    .writeDelay()
                    .map(Duration::toMillis)
                    .ifPresent(
                        delay ->
                            findings.add(
                                warns(
                                    key,
                                    "has WRITE_DELAY=%d: what was committed in the last %d ms before a crash is lost, though its messages are gone"
                                        .formatted(delay, delay),
                                    "leave WRITE_DELAY out, or set it to 0"))));
    return findings;
  }
}
