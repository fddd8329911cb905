package io.handfast.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.artemis.ArtemisBroker;
import io.handfast.message.BlockedSends;
import io.handfast.message.Broker;
import io.handfast.message.BrokerSettings;
import io.handfast.message.Message;
import io.handfast.message.MessageLimits;
import io.handfast.message.Prefetch;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.RecoverySession;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.core.transaction.impl.XidImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded broker, reached inside the process as by the product. */
class InProcessBrokerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Source QUEUE = Source.ofQueue("orders");
  private static final Xid BRANCH = new XidImpl(new byte[] {1}, 1, new byte[] {2});

  @TempDir Path directory;

  @Test
  void aPortThatIsTakenEndsTheStartAndIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        InProcessBroker embedded = new InProcessBroker()) {
      assertThatThrownBy(() -> embedded.start(directory, taken.getLocalPort()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("handfast.embedded.broker-port: is " + taken.getLocalPort());
    }
  }

  @Test
  void theProcessNeedsNoPortAndOthersAreToldTheirs() throws Exception {
    try (InProcessBroker embedded = new InProcessBroker()) {
      String inside = embedded.start(directory, 0);
      Broker outside =
          new ArtemisBroker(
              new BrokerSettings(embedded.outsideUrl(), null, null),
              MessageLimits.ofHeap(1L << 28),
              BlockedSends.NONE);
      send(
          new ArtemisBroker(
              new BrokerSettings(inside, null, null),
              MessageLimits.ofHeap(1L << 28),
              BlockedSends.NONE),
          "o-1");

      assertThat(inside).doesNotContain("tcp");
      try (SourceSession session = outside.openLocal(Prefetch.BUFFERED)) {
        assertThat(bodies(session)).containsExactly("o-1");
      }
    }
  }

  @Test
  void aBranchSurvivesTheBrokerAndIsRecovered() throws Exception {
    try (InProcessBroker embedded = new InProcessBroker()) {
      Broker broker = broker(embedded);
      send(broker, "o-1");
      try (SourceSession session = broker.openXa(Prefetch.BUFFERED)) {
        XAResource resource = session.xaResource();
        resource.start(BRANCH, XAResource.TMNOFLAGS);
        assertThat(bodies(session)).containsExactly("o-1");
        session.send("shipping", "s-1", Map.of());
        resource.end(BRANCH, XAResource.TMSUCCESS);
        assertThat(resource.prepare(BRANCH)).isEqualTo(XAResource.XA_OK);
      }
    }
    try (InProcessBroker again = new InProcessBroker()) {
      Broker broker = broker(again);
      try (RecoverySession recovery = broker.openForRecovery()) {
        assertThat(recovery.preparedBranches()).hasSize(1);
        recovery.commit(recovery.preparedBranches().get(0));
        assertThat(recovery.preparedBranches()).isEmpty();
      }
      try (SourceSession session = broker.openLocal(Prefetch.BUFFERED)) {
        session.consume(Source.ofQueue("shipping"));
        assertThat(session.receive(10, PATIENCE)).extracting(Message::body).hasSize(1);
      }
    }
  }

  @Test
  void aSessionThatIsAbandonedGivesItsMessagesBackAtOnce() throws Exception {
    try (InProcessBroker embedded = new InProcessBroker()) {
      Broker broker = broker(embedded);
      send(broker, "o-1");
      SourceSession lost = broker.openXa(Prefetch.BUFFERED);
      lost.xaResource().start(BRANCH, XAResource.TMNOFLAGS);
      assertThat(bodies(lost)).containsExactly("o-1");

      lost.abandon();

      try (SourceSession session = broker.openLocal(Prefetch.BUFFERED)) {
        assertThat(bodies(session)).containsExactly("o-1");
      }
    }
  }

  @Test
  void aNodesNameIsHeldAgainstThisProcessAndOthersUntilItIsGivenUp() throws Exception {
    try (InProcessBroker embedded = new InProcessBroker()) {
      Broker inside = broker(embedded);
      Broker outside =
          new ArtemisBroker(
              new BrokerSettings(embedded.outsideUrl(), null, null),
              MessageLimits.ofHeap(1L << 28),
              BlockedSends.NONE);
      Fence held = inside.claim("n1");

      assertThat(held.isHeld()).isTrue();
      assertThatThrownBy(() -> inside.claim("n1")).isInstanceOf(NodeNameTakenException.class);
      assertThatThrownBy(() -> outside.claim("n1")).isInstanceOf(NodeNameTakenException.class);
      held.close();
      try (Fence next = outside.claim("n1")) {
        assertThat(next.isHeld()).isTrue();
        assertThatThrownBy(() -> inside.claim("n1")).isInstanceOf(NodeNameTakenException.class);
      }
    }
  }

  private Broker broker(InProcessBroker embedded) {
    return new ArtemisBroker(
        new BrokerSettings(embedded.start(directory, 0), null, null),
        MessageLimits.ofHeap(1L << 28),
        BlockedSends.NONE);
  }

  private static void send(Broker broker, String body) throws Exception {
    try (SourceSession session = broker.openLocal(Prefetch.BUFFERED)) {
      session.send("orders", body, Map.of());
      session.commit();
    }
  }

  private static List<String> bodies(SourceSession session) throws Exception {
    session.consume(QUEUE);
    return session.receive(10, PATIENCE).stream().map(Message::body).toList();
  }
}
