package io.handfast.coordination;

/** The client asked for it. */
class RolledBackByClientException extends Exception {

  private static final long serialVersionUID = 1L;

  RolledBackByClientException() {
    super("rolled back as asked");
  }
}
