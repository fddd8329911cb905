package io.handfast.atomikos;

import com.atomikos.datasource.xa.XATransactionalResource;
import com.atomikos.datasource.xa.XID;
import io.handfast.transaction.TransactionId;
import java.nio.charset.StandardCharsets;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * A participant registered with Atomikos by name only.
 *
 * <p>It has no connection of its own. Atomikos would compare connections to find the resource of a
 * branch, asking every participant under one lock, and would use them for its own recovery; names
 * are compared instead, and recovery is Handfast's.
 */
final class ParticipantResource extends XATransactionalResource {

  ParticipantResource(String participant) {
    super(participant);
    setXidFactory((transaction, node, name) -> new XID(new BranchId(transaction, name)));
  }

  @Override
  public boolean usesXAResource(XAResource resource) {
    return resource instanceof Branch branch && branch.resource().participant().equals(getName());
  }

  @Override
  protected XAResource refreshXAConnection() {
    return null;
  }

  @Override
  public synchronized XAResource getXAResource() {
    return null;
  }

  /** A branch id: the transaction's id, and the participant's name as the qualifier. */
  private record BranchId(String transaction, String participant) implements Xid {

    @Override
    public int getFormatId() {
      return TransactionId.FORMAT_ID;
    }

    @Override
    public byte[] getGlobalTransactionId() {
      return transaction.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte[] getBranchQualifier() {
      return participant.getBytes(StandardCharsets.UTF_8);
    }
  }
}
