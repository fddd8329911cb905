package io.handfast.queue;

/** A commit was sent to the broker and not answered, so the messages may be in the queue or not. */
public class SendInDoubtException extends Exception {

  private static final long serialVersionUID = 1L;

  SendInDoubtException(Throwable cause) {
    super(cause.getMessage(), cause);
  }
}
