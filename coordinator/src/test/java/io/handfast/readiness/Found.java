package io.handfast.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.readiness.Check.Finding;
import java.util.List;

/** Findings in short: {@code refuses handfast.node}. */
final class Found {

  private Found() {}

  static List<String> by(Check check, CheckedState known) {
    List<Finding> findings = check.findings(known);
    assertThat(findings)
        .allSatisfy(
            finding -> {
              assertThat(finding.check()).isEqualTo(check.name());
              assertThat(finding.problem()).isNotBlank();
              assertThat(finding.remedy()).isNotBlank();
            });
    return findings.stream()
        .map(finding -> (finding.isRefusal() ? "refuses " : "warns ") + finding.key())
        .toList();
  }
}
