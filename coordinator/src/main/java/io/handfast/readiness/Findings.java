package io.handfast.readiness;

import java.util.ArrayList;
import java.util.List;

/** Collects the findings of one check. */
final class Findings {

  private final String check;
  private final List<Finding> all = new ArrayList<>();

  Findings(String check) {
    this.check = check;
  }

  void refuses(String key, String problem, String remedy) {
    all.add(new Finding(check, Finding.Severity.REFUSES, key, problem, remedy));
  }

  void warns(String key, String problem, String remedy) {
    all.add(new Finding(check, Finding.Severity.WARNS, key, problem, remedy));
  }

  List<Finding> all() {
    return List.copyOf(all);
  }
}
