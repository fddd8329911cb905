package io.handfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.transaction.TransactionId;
import org.junit.jupiter.api.Test;

class NodeIdentityTest {

  @Test
  void theFirstStartIsTheFirstIncarnationOfANewLog() {
    NodeIdentity identity = NodeIdentity.first("n1");

    assertThat(identity.node()).isEqualTo("n1");
    assertThat(identity.incarnation()).isEqualTo(1);
    assertThat(identity.log()).matches("[0-9a-f]{8}");
    assertThat(identity.log()).isNotEqualTo(NodeIdentity.first("n1").log());
  }

  @Test
  void transactionsAreNumberedFromOneAndNeverTwice() {
    NodeIdentity identity = NodeIdentity.first("n1");
    NodeIdentity later = identity.next();

    assertThat(identity.nextTransaction()).isEqualTo(new TransactionId("n1", identity.log(), 1, 1));
    assertThat(identity.nextTransaction().number()).isEqualTo(2);
    assertThat(later.nextTransaction()).isEqualTo(new TransactionId("n1", identity.log(), 2, 1));
  }

  @Test
  void aTransactionIsOfThisNodeByItsWholeNameAndOfThisLogByItsId() {
    NodeIdentity identity = new NodeIdentity("n1", "0a1b2c3d", 3);

    assertThat(identity.isOfThisNode(new TransactionId("n1", "ffffffff", 1, 1))).isTrue();
    assertThat(identity.isOfThisNode(new TransactionId("n10", "0a1b2c3d", 3, 1))).isFalse();
    assertThat(identity.isInThisLog(new TransactionId("n1", "0a1b2c3d", 1, 1))).isTrue();
    assertThat(identity.isInThisLog(new TransactionId("n1", "ffffffff", 3, 1))).isFalse();
    assertThat(identity.isInThisLog(new TransactionId("n10", "0a1b2c3d", 3, 1))).isFalse();
  }
}
