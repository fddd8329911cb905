package io.handfast.readiness;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Whether the risks that are accepted are those of checks, and of checks that can be accepted. */
final class AcceptedRisksCheck implements Check {

  private final Set<String> accepted;
  private final Set<String> acceptable;

  AcceptedRisksCheck(Collection<Check> others, Set<String> accepted) {
    this.accepted = new TreeSet<>(accepted);
    this.acceptable = new TreeSet<>();
    others.stream().filter(Check::isAcceptable).map(Check::name).forEach(acceptable::add);
  }

  @Override
  public String name() {
    return "accepted-risks";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  @Override
  public boolean isAcceptable() {
    return false;
  }

  @Override
  public List<Finding> findings(Known known) {
    return accepted.stream()
        .filter(name -> !acceptable.contains(name))
        .map(
            name ->
                refuses(
                    ReadinessConfig.ACCEPTED_RISKS,
                    "names '" + name + "', which is no check that can be accepted",
                    "those that can be are " + String.join(", ", acceptable)))
        .toList();
  }
}
