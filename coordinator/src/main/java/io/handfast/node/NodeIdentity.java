package io.handfast.node;

import io.handfast.concurrent.Scheduling;
import io.handfast.transaction.TransactionId;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The identity of this process: the node's name, the id of its decision log, and its incarnation.
 *
 * <p>The incarnation is durable before the first transaction id of it exists. It counts the starts
 * on one log, and carries a random tag besides: a log that was restored from a back-up counts on
 * from where it was, and would otherwise take the branches of the starts that it has lost for its
 * own, and roll back what they had decided to commit. Thread-safe.
 */
public final class NodeIdentity {

  /** The tag takes the last four characters of an incarnation's text, the count those before. */
  private static final long TAGS = 36L * 36 * 36 * 36;

  /** A branch of a start that is longer ago waits for an operator. */
  private static final int MOST_EARLIER = 4096;

  private final String node;
  private final String log;
  private final long incarnation;
  private final Set<Long> earlier;
  private final AtomicLong transactions = new AtomicLong();

  /**
   * An identity as its log has it.
   *
   * @param earlier the incarnations before this one whose decisions are in the log, or were
   */
  public NodeIdentity(String node, String log, long incarnation, Collection<Long> earlier) {
    TreeSet<Long> known = new TreeSet<>(earlier);
    while (known.size() > MOST_EARLIER) {
      known.pollFirst();
    }
    this.node = node;
    this.log = log;
    this.incarnation = incarnation;
    this.earlier = Set.copyOf(known);
  }

  /** The first incarnation of a node, on a new log. */
  public static NodeIdentity first(String node) {
    String log = HexFormat.of().toHexDigits((int) Scheduling.random(1L << Integer.SIZE));
    return new NodeIdentity(node, log, incarnation(1), List.of());
  }

  /** The next incarnation on the same log. */
  public NodeIdentity next() {
    TreeSet<Long> known = new TreeSet<>(earlier);
    known.add(incarnation);
    return new NodeIdentity(node, log, incarnation(start() + 1), known);
  }

  private static long incarnation(long start) {
    return start * TAGS + Scheduling.random(TAGS);
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

  /** The log and the incarnation as they stand in transaction ids. */
  public String logAndIncarnation() {
    return new TransactionId(node, log, incarnation, 0).logAndIncarnation();
  }

  /** The node and this start of it, for rows that others read: {@code node log.incarnation}. */
  public String startText() {
    return node + ' ' + logAndIncarnation();
  }

  /** How often the log was opened. */
  public long start() {
    return incarnation / TAGS;
  }

  /** The incarnations before this one whose decisions are in the log, or were. */
  public Set<Long> earlier() {
    return earlier;
  }

  /** The id of a transaction that no process has used and none will use again. */
  public TransactionId nextTransaction() {
    return new TransactionId(node, log, incarnation, 2 * transactions.incrementAndGet());
  }

  /** The same, for a transaction that a client may ask about later. */
  public TransactionId nextTransactionOfClient() {
    return new TransactionId(node, log, incarnation, 2 * transactions.incrementAndGet() + 1);
  }

  /** Whether a transaction was begun by a node of this name, on whatever log. */
  public boolean isOfThisNode(TransactionId id) {
    return id.node().equals(node);
  }

  /** Whether the decision on a transaction, if there was one, was written to this node's log. */
  public boolean isInThisLog(TransactionId id) {
    return isOfThisNode(id)
        && id.log().equals(log)
        && (id.incarnation() == incarnation || earlier.contains(id.incarnation()));
  }
}
