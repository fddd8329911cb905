package io.handfast.message;

/** The broker does not know the user, or the user may not do this: an operator has to mend it. */
public final class BrokerAccessException extends BrokerException {

  private static final long serialVersionUID = 1L;

  public BrokerAccessException(Exception answer) {
    super(
        String.valueOf(answer.getMessage()),
        answer,
        new Refusal(Refusal.Part.RIGHT, String.valueOf(answer.getMessage())));
  }
}
