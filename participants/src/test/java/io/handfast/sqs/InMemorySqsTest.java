package io.handfast.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.concurrent.Deadline;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.Message;
import io.handfast.message.MessageLimits;
import io.handfast.message.Prefetch;
import io.handfast.message.Source;
import io.handfast.message.Source.Key;
import io.handfast.message.SourceConnector;
import io.handfast.message.SourceSession;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;

/** The queues in memory keep the contract, and lose what they are told to lose. */
class InMemorySqsTest extends SqsContract {

  private static final Duration A_SECOND = Duration.ofSeconds(1);

  private static final Duration A_PIECE = Duration.ofMillis(250);

  private final MachineTime time = new MachineTime();
  private final InMemorySqs sqs = new InMemorySqs(this::step, time);
  private final SqsQueues queues =
      InMemorySqs.queues(sqs, MessageLimits.ofHeap(256 * 1024 * 1024), LEASE, Clock.systemUTC());

  private final CountDownLatch givenBack = new CountDownLatch(1);
  private volatile String lost = "none";
  private volatile Duration late = Duration.ZERO;

  private final List<String> requests = new CopyOnWriteArrayList<>();

  private void step(String request) {
    requests.add(request);
    if (request.equals("given back")) {
      givenBack.countDown();
    }
    if (request.equals("receive") && !late.isZero()) {
      time.passUntil(time.millis() + late.toMillis());
    }
    if (request.equals(lost)) {
      throw SdkClientException.create("the request is lost");
    }
  }

  private static final class MachineTime implements InMemoryBroker.Time {

    private long ahead;

    @Override
    public long millis() {
      return System.nanoTime() / 1_000_000 + ahead;
    }

    @Override
    public void passUntil(long until) {
      try {
        Thread.sleep(Math.max(1, until - millis()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @AfterEach
  void close() {
    queues.close();
  }

  @Override
  protected SourceConnector queues() {
    return queues;
  }

  @Override
  protected SqsClient client() {
    return sqs;
  }

  private SourceSession open(String queue, Key key) throws Exception {
    SourceSession session = queues.openLocal(Prefetch.ON_DEMAND);
    session.consume(Source.ofLeases(queue, key));
    return session;
  }

  private void send(String queue, String group, String id, String body) {
    sqs.sendMessage(
        to ->
            to.queueUrl(queue).messageBody(body).messageGroupId(group).messageDeduplicationId(id));
  }

  @Test
  void aDeletionWhoseReplyIsLostIsRepeatedAndSucceeds() throws Exception {
    sqs.createQueue(to -> to.queueName("orders.fifo"));
    send("orders.fifo", "g", "1", "a");
    try (SourceSession session = open("orders.fifo", Key.MESSAGE_ID)) {
      assertThat(session.receive(1, A_SECOND)).hasSize(1);
      sqs.losesReplies("delete", 1);

      assertThatThrownBy(session::commit).hasMessageContaining("the reply is lost");
      assertThat(sqs.left("orders.fifo")).as("it had an effect").isEmpty();

      session.commit();
    }
  }

  @Test
  void aDeletionThatIsLostLeavesItsMessageToAnother() throws Exception {
    sqs.createQueue(to -> to.queueName("orders.fifo"));
    send("orders.fifo", "g", "1", "a");
    try (SqsQueues longLeased = leasedForAnHour();
        SourceSession session = longLeased.openLocal(Prefetch.ON_DEMAND)) {
      session.consume(Source.ofLeases("orders.fifo", Key.MESSAGE_ID));
      assertThat(session.receive(1, A_SECOND)).hasSize(1);
      lost = "delete";
      assertThatThrownBy(session::commit).hasMessageContaining("the request is lost");
      lost = "none";
    }
    try (SourceSession other = open("orders.fifo", Key.MESSAGE_ID)) {
      assertThat(other.receive(1, A_SECOND)).extracting(Message::body).containsExactly("a");
    }
  }

  /** The client repeats what is throttled, for seconds: that nothing came is no answer. */
  @Test
  void aSessionFindsNothingOnlyOnceItHasAnAnswer() throws Exception {
    sqs.createQueue(to -> to.queueName("orders"));
    lost = "receive";
    late = A_PIECE;
    try (SourceSession session = queues.openLocal(Prefetch.BUFFERED)) {
      session.consume(Source.ofLeases("orders", Key.MESSAGE_ID));
      assertThatThrownBy(() -> session.receive(1, A_PIECE.dividedBy(5)))
          .hasMessageContaining("the request is lost");
      lost = "none";
      assertThat(session.receive(1, A_PIECE.dividedBy(5))).isEmpty();
    }
  }

  /** Their leases run meanwhile, and the first one waits for the last. */
  @Test
  void aUnitIsNotFilledForLongWhereReceivesAreSlow() throws Exception {
    sqs.createQueue(to -> to.queueName("orders"));
    for (int i = 0; i < 60; i++) {
      sqs.sendMessage(to -> to.queueUrl("orders").messageBody("a"));
    }
    late = LEASE.dividedBy(5);
    try (SourceSession session = queues.openLocal(Prefetch.BUFFERED)) {
      session.consume(Source.ofLeases("orders", Key.MESSAGE_ID));
      assertThat(session.receive(60, LEASE)).hasSizeBetween(10, 20);
      session.commit();
    }
  }

  private SqsQueues leasedForAnHour() {
    return InMemorySqs.queues(
        sqs, MessageLimits.ofHeap(256 * 1024 * 1024), Duration.ofHours(1), Clock.systemUTC());
  }

  @Test
  void whatComesAfterTheEndOfASessionIsGivenBack() throws Exception {
    sqs.createQueue(to -> to.queueName("orders.fifo"));
    try (SqsQueues longLeased = leasedForAnHour()) {
      try (SourceSession session = longLeased.openLocal(Prefetch.BUFFERED)) {
        session.consume(Source.ofLeases("orders.fifo", Key.MESSAGE_ID));
        assertThat(session.receive(1, Duration.ofMillis(100))).as("goes on asking").isEmpty();
      }
      send("orders.fifo", "g", "1", "a");
      assertThat(givenBack.await(10, TimeUnit.SECONDS)).isTrue();
      try (SourceSession other = open("orders.fifo", Key.MESSAGE_ID)) {
        assertThat(other.receive(1, A_SECOND)).extracting(Message::body).containsExactly("a");
      }
    }
  }

  @Test
  void aWaitInPiecesIsOneRequest() throws Exception {
    sqs.createQueue(to -> to.queueName("orders.fifo"));
    try (SourceSession session = open("orders.fifo", Key.MESSAGE_ID)) {
      Deadline end = Deadline.after(A_SECOND.multipliedBy(2));
      session.expect(end.left());

      while (!end.isOver()) {
        assertThat(session.receive(1, A_PIECE)).isEmpty();
      }

      assertThat(receives()).isEqualTo(1);
    }
  }

  @Test
  void aWaitThatIsShorterThanSqsKnowsAsksOnceAndIsUsedUp() throws Exception {
    sqs.createQueue(to -> to.queueName("orders.fifo"));
    try (SourceSession session = open("orders.fifo", Key.MESSAGE_ID)) {
      Deadline end = Deadline.after(A_PIECE);

      assertThat(session.receive(1, A_PIECE)).isEmpty();

      assertThat(end.isOver()).isTrue();
      assertThat(receives()).isEqualTo(1);
    }
  }

  private long receives() {
    return requests.stream().filter("receive"::equals).count();
  }

  @Test
  void whatComesForACallerWhoHasGoneIsGivenBackAtOnce() throws Exception {
    sqs.createQueue(to -> to.queueName("orders.fifo"));
    try (SqsQueues longLeased = leasedForAnHour()) {
      try (SourceSession session = longLeased.openLocal(Prefetch.ON_DEMAND)) {
        session.consume(Source.ofLeases("orders.fifo", Key.MESSAGE_ID));
        session.expect(A_SECOND.multipliedBy(20));
        assertThat(session.receive(1, A_PIECE)).as("goes on asking").isEmpty();
      }
      send("orders.fifo", "g", "1", "a");
      assertThat(givenBack.await(10, TimeUnit.SECONDS)).isTrue();
      try (SourceSession other = open("orders.fifo", Key.MESSAGE_ID)) {
        assertThat(other.receive(1, A_SECOND)).extracting(Message::body).containsExactly("a");
      }
    }
  }

  @Test
  void whatIsTooMuchForAUnitIsLeftToOthersBySessionsThatDoNotGoOn() throws Exception {
    sqs.createQueue(to -> to.queueName("orders.fifo"));
    send("orders.fifo", "g", "1", "a");
    send("orders.fifo", "h", "2", "b");
    try (SqsQueues small =
            InMemorySqs.queues(
                sqs, new MessageLimits(1, 1_000, 1), Duration.ofHours(1), Clock.systemUTC());
        SourceSession session = small.openLocal(Prefetch.ON_DEMAND);
        SourceSession other = open("orders.fifo", Key.MESSAGE_ID)) {
      session.consume(Source.ofLeases("orders.fifo", Key.MESSAGE_ID));
      assertThat(session.receive(10, A_SECOND)).extracting(Message::body).containsExactly("a");
      assertThat(other.receive(10, A_PIECE)).isEmpty();

      session.expect(Duration.ZERO);

      assertThat(other.receive(10, A_PIECE)).extracting(Message::body).containsExactly("b");
    }
  }

  @Test
  void aReceiveWhoseReplyIsLostHidesItsMessagesForALeaseOnly() throws Exception {
    sqs.createQueue(to -> to.queueName("orders.fifo"));
    send("orders.fifo", "g", "1", "a");
    try (SourceSession session = open("orders.fifo", Key.MESSAGE_ID)) {
      sqs.losesReplies("receive", 1);
      assertThatThrownBy(() -> session.receive(1, A_SECOND))
          .hasMessageContaining("the reply is lost");

      Message message = session.receive(1, LEASE.multipliedBy(2)).get(0);

      assertThat(message.body()).isEqualTo("a");
      assertThat(message.deliveries()).isEqualTo(2);
      session.commit();
    }
  }

  @Test
  void aLeaseWhoseExtensionsAreLostEnds() throws Exception {
    sqs.createQueue(to -> to.queueName("orders.fifo"));
    send("orders.fifo", "g", "1", "a");
    try (SourceSession session = open("orders.fifo", Key.MESSAGE_ID)) {
      CompletableFuture<Boolean> lost = new CompletableFuture<>();
      session.whenLost(reason -> lost.complete(true));
      assertThat(session.receive(1, A_SECOND)).hasSize(1);
      sqs.losesReplies("visibility", Integer.MAX_VALUE);

      assertThat(lost.get(10, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(session::commit).hasMessageContaining("has ended");
      sqs.losesReplies("visibility", 0);
    }
    assertThat(sqs.left("orders.fifo")).containsExactly("a");
  }

  @Test
  void aRepeatedRequestGetsTheSameMessages() {
    sqs.createQueue(to -> to.queueName("orders.fifo"));
    send("orders.fifo", "g", "1", "a");
    ReceiveMessageRequest request =
        ReceiveMessageRequest.builder()
            .queueUrl("orders.fifo")
            .visibilityTimeout(30)
            .waitTimeSeconds(0)
            .receiveRequestAttemptId("one")
            .build();

    String receipt = sqs.receiveMessage(request).messages().get(0).receiptHandle();

    assertThat(sqs.receiveMessage(request).messages())
        .extracting(again -> again.receiptHandle())
        .containsExactly(receipt);
    assertThat(sqs.receiveMessage(request.copy(to -> to.receiveRequestAttemptId("two"))).messages())
        .isEmpty();
  }

  @Test
  void aRepetitionIsDroppedForFiveMinutes() {
    sqs.createQueue(to -> to.queueName("orders.fifo"));
    send("orders.fifo", "g", "1", "a");
    send("orders.fifo", "g", "1", "b");
    assertThat(sqs.left("orders.fifo")).containsExactly("a");

    time.ahead += Duration.ofMinutes(6).toMillis();
    send("orders.fifo", "g", "1", "c");

    assertThat(sqs.left("orders.fifo")).containsExactly("a", "c");
  }

  @Test
  void theKeyOfAGroupNamesIt() throws Exception {
    sqs.createQueue(
        to ->
            to.queueName("orders.fifo")
                .attributes(Map.of(QueueAttributeName.DEDUPLICATION_SCOPE, "messageGroup")));
    send("orders.fifo", "g", "1", "a");
    send("orders.fifo", "h", "1", "b");
    try (SourceSession session = open("orders.fifo", Key.DEDUPLICATION_ID)) {
      assertThat(session.receive(2, A_SECOND))
          .extracting(Message::deduplicationId)
          .containsExactly("g/1", "h/1");
    }
  }

  @Test
  void anOldReceiptDoesNotDeleteWhatNoOtherHasYet() throws Exception {
    String url = sqs.createQueue(to -> to.queueName("orders.fifo")).queueUrl();
    send("orders.fifo", "g", "1", "a");
    try (SourceSession session = open("orders.fifo", Key.MESSAGE_ID)) {
      endLease(url, session.receive(1, A_SECOND).get(0));

      assertThatThrownBy(session::commit).hasMessageContaining("come again");
    }
    assertThat(sqs.left("orders.fifo")).containsExactly("a");
  }
}
