package io.handfast.queue;

/** Another call sends messages of the same id, and its outcome is open. Nothing was sent. */
public class SendUnderWayException extends Exception {

  private static final long serialVersionUID = 1L;

  SendUnderWayException(String id) {
    super(
        "Another call with Handfast-Message-Id '" + id + "' has not ended yet. Nothing was sent.");
  }
}
