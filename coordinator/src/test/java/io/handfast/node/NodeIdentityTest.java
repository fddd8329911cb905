package io.handfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class NodeIdentityTest {

  @Test
  void theFirstStartIsTheFirstIncarnationOfANewLog() {
    NodeIdentity identity = NodeIdentity.first("n1");

    assertThat(identity.node()).isEqualTo("n1");
    assertThat(identity.start()).isEqualTo(1);
    assertThat(identity.log()).matches("[0-9a-f]{8}");
    assertThat(identity.log()).isNotEqualTo(NodeIdentity.first("n1").log());
  }

  @Test
  void noNumberComesTwiceAndThoseOfClientsAreOdd() {
    NodeIdentity identity = NodeIdentity.first("n1");

    TransactionId ours = identity.nextTransaction();
    TransactionId clients = identity.nextTransactionOfClient();
    TransactionId next = identity.nextTransaction();

    assertThat(ours)
        .isEqualTo(new TransactionId("n1", identity.log(), identity.incarnation(), ours.number()));
    assertThat(List.of(ours.number(), clients.number(), next.number())).doesNotHaveDuplicates();
    assertThat(clients.isOfClient()).isTrue();
    assertThat(ours.isOfClient()).isFalse();
    assertThat(next.isOfClient()).isFalse();
  }

  @Test
  void aTransactionIsOfThisNodeByItsWholeNameAndOfThisLogByItsId() {
    NodeIdentity identity = new NodeIdentity("n1", "0a1b2c3d", 3, List.of(1L, 2L));

    assertThat(identity.isOfThisNode(new TransactionId("n1", "ffffffff", 1, 1))).isTrue();
    assertThat(identity.isOfThisNode(new TransactionId("n10", "0a1b2c3d", 3, 1))).isFalse();
    assertThat(identity.isInThisLog(new TransactionId("n1", "0a1b2c3d", 1, 1))).isTrue();
    assertThat(identity.isInThisLog(new TransactionId("n1", "ffffffff", 3, 1))).isFalse();
    assertThat(identity.isInThisLog(new TransactionId("n10", "0a1b2c3d", 3, 1))).isFalse();
  }

  @Test
  void everyEarlierStartIsOfThisLog() {
    NodeIdentity first = NodeIdentity.first("n1");
    NodeIdentity third = first.next().next();

    assertThat(third.start()).isEqualTo(3);
    assertThat(third.incarnation()).isGreaterThan(first.incarnation());
    assertThat(third.isInThisLog(first.nextTransaction())).isTrue();
    assertThat(first.isInThisLog(third.nextTransaction())).isFalse();
  }

  @Test
  void theStartsThatARestoredLogHasLostAreNotItsOwn() {
    NodeIdentity copied = NodeIdentity.first("n1");
    NodeIdentity lost = copied.next();
    NodeIdentity restored = copied.next();

    assertThat(restored.start()).isEqualTo(lost.start());
    assertThat(restored.isInThisLog(lost.nextTransaction())).isFalse();
    assertThat(restored.next().isInThisLog(lost.nextTransaction())).isFalse();
  }

  @Test
  void onlySoManyStartsAreRemembered() {
    List<Long> earlier = LongStream.range(1, 10_000).boxed().toList();
    NodeIdentity identity = new NodeIdentity("n1", "0a1b2c3d", 10_000, earlier);

    for (int i = 0; i < 10; i++) {
      identity = identity.next();
    }

    assertThat(identity.earlier()).hasSize(4096);
    assertThat(identity.isInThisLog(new TransactionId("n1", "0a1b2c3d", 10_000, 1))).isTrue();
    assertThat(identity.isInThisLog(new TransactionId("n1", "0a1b2c3d", 1, 1))).isFalse();
  }
}
