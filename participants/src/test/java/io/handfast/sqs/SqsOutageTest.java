package io.handfast.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.message.MessageLimits;
import io.handfast.message.Prefetch;
import io.handfast.message.Source;
import io.handfast.message.Source.Key;
import io.handfast.message.SourceSession;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.sqs.SqsClient;

/** A server that stands still, or ends, is told as that, and no call waits for ever. */
class SqsOutageTest {

  private static final Duration LEASE = Duration.ofSeconds(2);

  @Test
  @Timeout(60)
  void aServerThatDoesNotAnswerIsToldInTime() throws Exception {
    ElasticMq server = new ElasticMq();
    try (SqsClient client = server.client();
        SqsQueues queues =
            new SqsQueues(
                () -> ElasticMq.client(server.address(), new RequestCount()),
                server.address().toString(),
                new RequestCount(),
                MessageLimits.ofHeap(256 * 1024 * 1024),
                LEASE,
                Clock.systemUTC())) {
      String url = client.createQueue(to -> to.queueName("orders")).queueUrl();
      client.sendMessage(to -> to.queueUrl(url).messageBody("a"));
      try (SourceSession session = queues.openLocal(Prefetch.ON_DEMAND)) {
        session.consume(Source.ofLeases("orders", Key.MESSAGE_ID));
        assertThat(session.receive(1, LEASE)).hasSize(1);

        server.freeze();

        assertThatThrownBy(() -> awaitFailure(session)).hasMessageContaining("has ended");
        session.rollback();
        assertThatThrownBy(() -> session.receive(1, Duration.ZERO))
            .hasMessageContaining("does not answer in time");

        server.thaw();
        assertThat(session.receive(1, LEASE.multipliedBy(2))).hasSize(1);
        session.commit();
        server.stop();
        assertThatThrownBy(() -> session.receive(1, Duration.ZERO))
            .hasMessageContaining("is unreachable");
      }
    } finally {
      server.stop();
    }
  }

  private static void awaitFailure(SourceSession session) throws Exception {
    while (true) {
      session.requireConsumer();
      Thread.sleep(100);
    }
  }
}
