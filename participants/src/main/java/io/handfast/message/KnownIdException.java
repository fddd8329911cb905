package io.handfast.message;

/** What was to be committed has an id that the broker knows: it is there already. */
public final class KnownIdException extends BrokerException {

  private static final long serialVersionUID = 1L;

  public KnownIdException(Exception answer) {
    super(String.valueOf(answer.getMessage()), answer);
  }
}
