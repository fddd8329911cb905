package io.handfast.readiness;

import io.handfast.node.NodeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether H2 has written a commit before it confirms it. */
final class H2WriteDelayCheck implements Check {

  private static final Pattern DELAY = Pattern.compile("(?i);WRITE_DELAY=0*([1-9]\\d*)");

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
    DatabaseUrls.of(config, DatabaseUrls.H2)
        .forEach(
            (key, url) -> {
              Matcher delay = DELAY.matcher(url);
              if (delay.find()) {
                findings.add(
                    warns(
                        key,
                        "has WRITE_DELAY=%s: what was committed in the last %s ms before a crash is lost, though its messages are gone"
                            .formatted(delay.group(1), delay.group(1)),
                        "leave WRITE_DELAY out, or set it to 0"));
              }
            });
    return findings;
  }
}
