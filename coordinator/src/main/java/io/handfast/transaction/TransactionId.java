package io.handfast.transaction;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.transaction.xa.Xid;

/**
 * The identity of a transaction, from which its owner and its age can be read.
 *
 * <p>The text form {@code node.log.incarnation.number} is the global transaction id of every
 * branch. A node name contains no dot, so no node's ids start with another node's name; log id and
 * incarnation tell recovery whether a branch without a decision was left by a crash of this node or
 * belongs to a log that this node no longer has.
 *
 * @param node the coordinator's name, {@code [a-z0-9-]{1,24}}
 * @param log the id of the decision log that the decision would be in, 8 hexadecimal digits
 * @param incarnation counts how often the log had been opened when the transaction began; the last
 *     four characters of its text are a random tag, which tells a restored log from the lost one
 * @param number counts the transactions of one incarnation; odd for those of clients, whose
 *     outcomes are kept
 */
public record TransactionId(String node, String log, long incarnation, long number) {

  /** What a node may be called. */
  public static final Pattern NODE_NAME = Pattern.compile("[a-z0-9-]{1,24}");

  /** The format id of Handfast's branches: "HFST". */
  public static final int FORMAT_ID = 0x48465354;

  private static final Pattern TEXT =
      Pattern.compile("([a-z0-9-]{1,24})\\.([0-9a-f]{8})\\.([0-9a-z]{1,8})\\.([0-9a-z]{1,13})");

  /** Reads the text form; empty where the text is not one. */
  public static Optional<TransactionId> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new TransactionId(
              matcher.group(1),
              matcher.group(2),
              Long.parseLong(matcher.group(3), Character.MAX_RADIX),
              Long.parseLong(matcher.group(4), Character.MAX_RADIX)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The transaction that a branch belongs to; empty where the branch is not Handfast's. */
  public static Optional<TransactionId> of(Xid branch) {
    if (branch.getFormatId() != FORMAT_ID) {
      return MarkedBranch.of(branch).map(MarkedBranch::transaction);
    }
    return parse(new String(branch.getGlobalTransactionId(), StandardCharsets.US_ASCII));
  }

  /** Whether a client has begun it, and may ask about it later. */
  public boolean isOfClient() {
    return number % 2 == 1;
  }

  /**
   * The incarnation with the log that it is of, as an operator names it: {@code log.incarnation}.
   */
  public String logAndIncarnation() {
    return log + '.' + Long.toString(incarnation, Character.MAX_RADIX);
  }

  /** The text form, at most 56 characters. */
  @Override
  public String toString() {
    return node + '.' + logAndIncarnation() + '.' + Long.toString(number, Character.MAX_RADIX);
  }
}
