package io.handfast.transaction;

import io.handfast.participant.PlainXid;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.transaction.xa.Xid;

/**
 * A branch of local commit: whether it is committed stands in a marker row, and in no log.
 *
 * <p>The global id says where to look: {@code table.slot.committed.attempt}. The branch qualifier
 * is the transaction's id, for people. The format id is one of its own, so that no version that
 * does not know it takes the branch for one that its log decides.
 *
 * @param table the identity of the marker table, 16 hexadecimal digits
 * @param slot the identity of the slot, 16 hexadecimal digits
 * @param committed how many units of the slot were committed when it began
 * @param attempt counts the branches of a slot, from 1
 */
public record MarkedBranch(
    String table, String slot, long committed, long attempt, TransactionId transaction) {

  /** The format id of these branches: "HFLC". */
  public static final int FORMAT_ID = 0x48464c43;

  private static final Pattern TEXT =
      Pattern.compile("([0-9a-f]{16})\\.([0-9a-f]{16})\\.([0-9a-z]{1,13})\\.([0-9a-z]{1,13})");

  /** The branch of a listed id; empty where it is not one of these. */
  public static Optional<MarkedBranch> of(Xid xid) {
    if (xid.getFormatId() != FORMAT_ID) {
      return Optional.empty();
    }
    return parse(
        new String(xid.getGlobalTransactionId(), StandardCharsets.US_ASCII),
        new String(xid.getBranchQualifier(), StandardCharsets.US_ASCII));
  }

  /** Reads a global id and a branch qualifier; empty where they are not such a branch's. */
  public static Optional<MarkedBranch> parse(String unit, String qualifier) {
    Matcher matcher = TEXT.matcher(unit);
    Optional<TransactionId> transaction = TransactionId.parse(qualifier);
    if (!matcher.matches() || transaction.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new MarkedBranch(
              matcher.group(1),
              matcher.group(2),
              Long.parseLong(matcher.group(3), Character.MAX_RADIX),
              Long.parseLong(matcher.group(4), Character.MAX_RADIX),
              transaction.get()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * The id of the unit, as it stands in the marker row once it is committed; 61 characters at most.
   */
  public String unit() {
    return table
        + '.'
        + slot
        + '.'
        + Long.toString(committed, Character.MAX_RADIX)
        + '.'
        + Long.toString(attempt, Character.MAX_RADIX);
  }

  /** The id of the branch at the broker. */
  public Xid xid() {
    return new PlainXid(
        FORMAT_ID,
        unit().getBytes(StandardCharsets.US_ASCII),
        transaction.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
