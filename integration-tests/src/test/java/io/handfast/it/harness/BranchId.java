package io.handfast.it.harness;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import javax.transaction.xa.Xid;

/** A branch that a test prepares itself, as if a coordinator had been killed after it. */
public record BranchId(int formatId, String transaction, String participant) implements Xid {
  private static final int HANDFAST = 0x48465354;

  /** A branch of a Handfast transaction. */
  public static BranchId handfast(String transaction, String participant) {
    return new BranchId(HANDFAST, transaction, participant);
  }

  /** The id as the API has it. */
  public String text() {
    HexFormat hex = HexFormat.of();
    return formatId
        + "-"
        + hex.formatHex(getGlobalTransactionId())
        + "-"
        + hex.formatHex(getBranchQualifier());
  }

  /** The id as PostgreSQL's driver has it. */
  String gid() {
    Base64.Encoder base64 = Base64.getEncoder();
    return formatId
        + "_"
        + base64.encodeToString(getGlobalTransactionId())
        + "_"
        + base64.encodeToString(getBranchQualifier());
  }

  @Override
  public int getFormatId() {
    return formatId;
  }

  @Override
  public byte[] getGlobalTransactionId() {
    return transaction.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] getBranchQualifier() {
    return participant.getBytes(StandardCharsets.UTF_8);
  }
}
