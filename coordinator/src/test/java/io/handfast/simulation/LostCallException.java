package io.handfast.simulation;

/** A call whose answer does not come: whether it took effect is not known. */
final class LostCallException extends Exception {

  private static final long serialVersionUID = 1L;

  LostCallException(String call) {
    super("connection lost: " + call, null, false, false);
  }
}
