package io.handfast.coordination;

import io.handfast.transaction.TransactionId;

/** The transaction belongs to another coordinator. */
public class WrongNodeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String owner;

  WrongNodeException(TransactionId id, String node) {
    this(id.toString(), id.node(), node);
  }

  WrongNodeException(String id, String owner, String node) {
    super(
        "The transaction '%s' is of the node '%s', and this is '%s': ask that one."
            .formatted(id, owner, node));
    this.owner = owner;
  }

  /** The name of the node to ask. */
  public String owner() {
    return owner;
  }
}
