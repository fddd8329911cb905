package io.handfast.resolution;

import io.handfast.message.Broker;
import io.handfast.participant.BranchText;
import io.handfast.transaction.MarkedBranch;
import io.handfast.transaction.TransactionId;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.transaction.xa.Xid;

/**
 * A branch of a Handfast transaction, with the node and the log that its id names.
 *
 * @param xid the id by {@link BranchText}
 */
public record Branch(String xid, TransactionId transaction, String participant) {

  private static final int LONGEST_PART = 2 * Xid.MAXGTRIDSIZE;

  private static final Pattern TEXT =
      Pattern.compile(
          "(-?\\d{1,10})-((?:[0-9a-f]{2}){0,%1$d})-((?:[0-9a-f]{2}){0,%1$d})"
              .formatted(LONGEST_PART / 2));

  /** Whether a text has the form of a branch's id, Handfast's or not. */
  public static boolean isId(String text) {
    return TEXT.matcher(text).matches();
  }

  /** Reads an id; empty where it is not a Handfast branch's. */
  public static Optional<Branch> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    if (parts.group(1).equals(Integer.toString(MarkedBranch.FORMAT_ID))) {
      return marked(text).map(branch -> new Branch(text, branch.transaction(), Broker.NAME));
    }
    if (!parts.group(1).equals(Integer.toString(TransactionId.FORMAT_ID))) {
      return Optional.empty();
    }
    return TransactionId.parse(decoded(parts.group(2), StandardCharsets.US_ASCII))
        .map(id -> new Branch(text, id, decoded(parts.group(3), StandardCharsets.UTF_8)));
  }

  /** The branch of local commit that an id names; empty where it names another kind. */
  private static Optional<MarkedBranch> marked(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches() && parts.group(1).equals(Integer.toString(MarkedBranch.FORMAT_ID))
        ? MarkedBranch.parse(
            decoded(parts.group(2), StandardCharsets.US_ASCII),
            decoded(parts.group(3), StandardCharsets.US_ASCII))
        : Optional.empty();
  }

  /** What the marker is asked for; empty where the decision log tells of the branch. */
  public Optional<MarkedBranch> marked() {
    return marked(xid);
  }

  private static String decoded(String hex, Charset charset) {
    return new String(HexFormat.of().parseHex(hex), charset);
  }

  /** The branch of a listed id; empty where it is not Handfast's. */
  public static Optional<Branch> of(Xid xid) {
    return parse(BranchText.of(xid));
  }

  /** The branch that a transaction has, or had, at a participant. */
  public static Branch of(TransactionId transaction, String participant) {
    HexFormat hex = HexFormat.of();
    String xid =
        TransactionId.FORMAT_ID
            + "-"
            + hex.formatHex(transaction.toString().getBytes(StandardCharsets.US_ASCII))
            + "-"
            + hex.formatHex(participant.getBytes(StandardCharsets.UTF_8));
    return new Branch(xid, transaction, participant);
  }

  boolean is(Xid listed) {
    return BranchText.of(listed).equals(xid);
  }
}
