package io.handfast.node;

/** This node begins nothing new, since it is being drained. */
public class DrainingException extends Exception {

  private static final long serialVersionUID = 1L;

  public DrainingException() {
    super(
        "This node is being drained and begins nothing new; what is open here can still be settled."
            + " Send the call to another coordinator, or let an operator end the drain (DELETE"
            + " /v1/drain).");
  }
}
