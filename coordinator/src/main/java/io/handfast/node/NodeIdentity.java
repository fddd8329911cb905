package io.handfast.node;

import io.handfast.transaction.TransactionId;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Who this process is: the node's name, the id of its decision log, and its incarnation.
 *
 * <p>The incarnation counts the starts on one log; it is durable before the first transaction id of
 * the incarnation exists. Thread-safe.
 */
public final class NodeIdentity {

  private final String node;
  private final String log;
  private final long incarnation;
  private final AtomicLong transactions = new AtomicLong();

  /** An identity as given; a process gets its own from its decision log. */
  public NodeIdentity(String node, String log, long incarnation) {
    this.node = node;
    this.log = log;
    this.incarnation = incarnation;
  }

  /** The first incarnation of a node, on a new log. */
  public static NodeIdentity first(String node) {
    byte[] log = new byte[4];
    new SecureRandom().nextBytes(log);
    return new NodeIdentity(node, HexFormat.of().formatHex(log), 1);
  }

  /** The next incarnation on the same log. */
  public NodeIdentity next() {
    return new NodeIdentity(node, log, incarnation + 1);
  }

  public String node() {
    return node;
  }

  /** The id of the decision log, 8 hexadecimal digits. */
  public String log() {
    return log;
  }

  public long incarnation() {
    return incarnation;
  }

  /** A transaction id that no process has used and none will use again. */
  public TransactionId nextTransaction() {
    return new TransactionId(node, log, incarnation, transactions.incrementAndGet());
  }

  /** Whether a transaction was begun by a node of this name, on whatever log. */
  public boolean isOfThisNode(TransactionId id) {
    return id.node().equals(node);
  }

  /** Whether the decision on a transaction would be in this node's present log. */
  public boolean isInThisLog(TransactionId id) {
    return isOfThisNode(id) && id.log().equals(log);
  }
}
