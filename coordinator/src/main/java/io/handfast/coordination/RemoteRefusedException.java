package io.handfast.coordination;

/** A service cannot take part in a transaction; nothing has changed. */
public class RemoteRefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  public RemoteRefusedException(String message) {
    super(message);
  }
}
