package io.handfast.message;

/** The broker refuses the user or the permission; an operator must correct it. */
public final class BrokerAccessException extends BrokerException {

  private static final long serialVersionUID = 1L;

  public BrokerAccessException(Exception answer) {
    super(
        String.valueOf(answer.getMessage()),
        answer,
        new Refusal(Refusal.Part.RIGHT, String.valueOf(answer.getMessage())));
  }
}
