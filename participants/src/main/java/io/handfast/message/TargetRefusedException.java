package io.handfast.message;

/** A queue cannot be used as a target as it is; repeating the call does not help. */
public final class TargetRefusedException extends BrokerException {

  private static final long serialVersionUID = 1L;

  private final String queue;
  private final String rule;

  /**
   * A refusal.
   *
   * @param rule what the queue would have to be, and what it is
   */
  public TargetRefusedException(String queue, String rule) {
    super("'" + queue + "' must be " + rule, null, new Refusal(Refusal.Part.DESTINATION, rule));
    this.queue = queue;
    this.rule = rule;
  }

  /** The name of the queue, as the caller wrote it. */
  public String queue() {
    return queue;
  }

  /** What the queue would have to be, and what it is. */
  public String rule() {
    return rule;
  }
}
