package io.handfast.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.drain.OutstandingWork.InDoubt;
import io.handfast.drain.OutstandingWork.InHand;
import io.handfast.drain.OutstandingWork.OpenTransaction;
import io.handfast.log.RemoteBranch;
import io.handfast.node.Participants;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whoever waits for a drain reads for whom or what. */
class VolumeReasonTest {

  private static final TransactionId ID = new TransactionId("n1", "0a1b2c3d", 1, 1);
  private static final Instant SOON = Instant.parse("2030-01-01T00:00:30Z");

  @Test
  void everythingThatIsLeftIsNamed() {
    OpenTransaction open = new OpenTransaction("t-1", TransactionStatus.ACTIVE, SOON);
    OpenTransaction earlier =
        new OpenTransaction("t-2", TransactionStatus.ACTIVE, SOON.minusSeconds(5));
    RemoteBranch bank = new RemoteBranch(ID, "remote:1", "bank", URI.create("http://bank"), "t-0");
    OutstandingWork outstanding =
        new OutstandingWork(
            new InHand(Map.of("orders", 3), List.of("n1.c1"), List.of(open, earlier)),
            new InDoubt(
                List.of(),
                Map.of(ID, Set.of("database", "broker", "remote:1", Participants.OUTCOME)),
                List.of(bank),
                List.of(),
                false),
            Map.of("database", "refused"));

    assertThat(VolumeReason.ofDraining(outstanding))
        .isEqualTo(
            "database cannot be asked, and may hold branches of this node: refused."
                + " In hand of delivery 'orders': 3."
                + " The comparison 'n1.c1' removes its queues and tables."
                + " Open transactions of clients: 2, which end by 2030-01-01T00:00:30Z unless they"
                + " are extended."
                + " Decisions not confirmed by broker and database: 1."
                + " Services not told an outcome: bank."
                + " The decision log cannot be written: look at the disk of"
                + " handfast.data-directory.");
  }

  @Test
  void whereNothingIsKnownToBeLeftTheScanIsWaitedFor() {
    assertThat(VolumeReason.ofDraining(FakeNode.NOTHING))
        .contains("scan of every participant", "handfast.recovery.interval");
  }
}
