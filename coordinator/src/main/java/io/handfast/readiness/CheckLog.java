package io.handfast.readiness;

import io.handfast.readiness.Check.Finding;
import io.handfast.readiness.Check.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/** Says in the log what is found, once, and again only when it has changed. Used by one thread. */
final class CheckLog {

  private static final Logger LOG = Logger.getLogger(CheckLog.class);

  private final Map<String, Result> said = new HashMap<>();

  /** Tells what differs from what was said before. */
  void note(List<Result> results) {
    for (Result result : results) {
      Result before = said.put(result.check(), result);
      note(result, before == null ? List.of() : before.findings());
    }
  }

  private static void note(Result result, List<Finding> before) {
    for (Finding finding : result.findings()) {
      if (!before.contains(finding)) {
        LOG.logf(
            finding.isRefusal() ? Level.ERROR : Level.WARN,
            "check failed check=%s key=%s: %s; %s",
            finding.check(),
            finding.key(),
            finding.problem(),
            finding.remedy());
      }
    }
    if (result.findings().isEmpty() && !before.isEmpty()) {
      LOG.infof("check passed check=%s", result.check());
    }
  }
}
