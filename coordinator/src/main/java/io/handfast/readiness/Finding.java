package io.handfast.readiness;

/**
 * A problem that a check has found with this node, its participants or its deliveries.
 *
 * @param check the name of the check
 * @param key the configuration key, or the setting of a participant, that is at fault
 * @param problem what is wrong with it
 * @param remedy what to do
 */
public record Finding(String check, Severity severity, String key, String problem, String remedy) {

  /** What follows from a finding. */
  public enum Severity {
    /**
     * The node does not start; or a delivery does not, where only a participant could tell. The
     * promises would not hold.
     */
    REFUSES,
    /** All goes on, at the risk that the problem names. */
    WARNS
  }

  /** Whether something does not start for it. */
  public boolean isRefusal() {
    return severity == Severity.REFUSES;
  }

  /** The same finding as a warning, since the configuration accepts the risk. */
  Finding accepted() {
    return new Finding(
        check,
        Severity.WARNS,
        key,
        problem + " (a risk accepted by " + ReadinessConfig.ACCEPTED_RISKS + ")",
        remedy);
  }

  @Override
  public String toString() {
    return key + ": " + problem + "; " + remedy;
  }
}
