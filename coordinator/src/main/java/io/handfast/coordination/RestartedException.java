package io.handfast.coordination;

/** The coordinator ended before a transaction was decided. */
class RestartedException extends Exception {

  private static final long serialVersionUID = 1L;

  RestartedException() {
    super("the coordinator was restarted before the transaction was decided");
  }
}
