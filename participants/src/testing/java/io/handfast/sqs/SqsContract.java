package io.handfast.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Threads;
import io.handfast.message.BrokerException;
import io.handfast.message.LeaseBound;
import io.handfast.message.LeasedQueue;
import io.handfast.message.Message;
import io.handfast.message.Prefetch;
import io.handfast.message.Refusal;
import io.handfast.message.Source;
import io.handfast.message.Source.Key;
import io.handfast.message.SourceCapabilities.Capability;
import io.handfast.message.SourceConnector;
import io.handfast.message.SourceSession;
import io.handfast.message.TargetRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * What queues of SQS promise to the delivery code, in memory or not.
 *
 * <p>Each test has a queue of its own, so that one server can serve all of them.
 */
public abstract class SqsContract {

  /** Shorter than that of a node. */
  protected static final Duration LEASE = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration A_MOMENT = Duration.ofMillis(100);

  private final String queue =
      "contract-" + UUID.randomUUID().toString().substring(0, 13) + ".fifo";

  /** What is tested, with {@link #LEASE}. */
  protected abstract SourceConnector queues();

  /** A client of the same queues. */
  protected abstract SqsClient client();

  private String create(String name, Map<QueueAttributeName, String> attributes) {
    Map<QueueAttributeName, String> all = new HashMap<>(attributes);
    if (SqsQueue.isOrdered(name)) {
      all.put(QueueAttributeName.FIFO_QUEUE, "true");
    }
    return client().createQueue(to -> to.queueName(name).attributes(all)).queueUrl();
  }

  private String send(String group, String... bodies) {
    String url = create(queue, Map.of());
    for (String body : bodies) {
      client()
          .sendMessage(
              to ->
                  to.queueUrl(url)
                      .messageBody(body)
                      .messageGroupId(group)
                      .messageDeduplicationId(body));
    }
    return url;
  }

  private SourceSession open(Prefetch intake) throws Exception {
    return open(queue, intake, Key.MESSAGE_ID);
  }

  private SourceSession open(String name, Prefetch intake, Key key) throws Exception {
    SourceSession session = queues().openLocal(intake);
    session.consume(Source.ofLeases(name, key));
    return session;
  }

  private static List<String> bodies(List<Message> messages) {
    return messages.stream().map(Message::body).toList();
  }

  /** What another session finds now, and gives back. */
  private List<String> free() throws Exception {
    try (SourceSession session = open(Prefetch.ON_DEMAND)) {
      return bodies(session.receive(100, A_MOMENT));
    }
  }

  @Test
  void aWaitForMessagesIsEndedByAnotherThread() throws Exception {
    String url = create(queue, Map.of());
    try (SourceSession session = open(Prefetch.BUFFERED)) {
      CompletableFuture<List<Message>> received = new CompletableFuture<>();
      Thread consumer =
          Threads.start("consumer", () -> received.complete(waitingForAnHour(session)));
      session.wakeUp();

      assertThat(received.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isEmpty();
      consumer.join();
      client().sendMessage(to(url, "g", "later"));
      assertThat(bodies(session.receive(1, PATIENCE))).containsExactly("later");
      session.commit();
    }
  }

  private static java.util.function.Consumer<
          software.amazon.awssdk.services.sqs.model.SendMessageRequest.Builder>
      to(String url, String group, String body) {
    return to ->
        to.queueUrl(url).messageBody(body).messageGroupId(group).messageDeduplicationId(body);
  }

  private static List<Message> waitingForAnHour(SourceSession session) {
    try {
      return session.receive(1, Duration.ofHours(1));
    } catch (BrokerException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRequestGoesOnOverTheReceivesOfAWait() throws Exception {
    String url = create(queue, Map.of());
    try (SourceSession session = open(Prefetch.ON_DEMAND)) {
      session.expect(PATIENCE);
      assertThat(session.receive(1, A_MOMENT)).isEmpty();
      assertThat(session.receive(1, A_MOMENT)).isEmpty();
      client().sendMessage(to(url, "g", "later"));

      assertThat(bodies(session.receive(1, PATIENCE))).containsExactly("later");
      session.commit();
    }
    assertThat(free()).isEmpty();
  }

  @Test
  void aLeaseIsBoundedByThatOfSqs() {
    LeaseBound bound = queues().leaseBound().orElseThrow();

    assertThat(bound.longest()).isEqualTo(Duration.ofHours(12).minus(LEASE.multipliedBy(2)));
    assertThat(bound.reason()).contains("PT12H");
    assertThat(bound.after(Duration.ofHours(11)).longest()).isLessThan(Duration.ofHours(1));
    assertThat(bound.after(Duration.ofHours(13)).longest()).isZero();
  }

  @Test
  void messagesComeInOrderAndAreGoneOnceDeleted() throws Exception {
    send("g", "a", "b", "c");

    try (SourceSession session = open(Prefetch.BUFFERED)) {
      assertThat(bodies(session.receive(2, PATIENCE))).containsExactly("a", "b");
      session.commit();
      session.settled();
      assertThat(bodies(session.receive(2, PATIENCE))).containsExactly("c");
      session.commit();
      session.commit();
    }
    assertThat(free()).isEmpty();
  }

  @Test
  void aUnitIsFilledByRequestsOfTen() throws Exception {
    for (int i = 0; i < 25; i++) {
      send("g" + i % 5, "m" + i);
    }

    try (SourceSession session = open(Prefetch.ON_DEMAND)) {
      List<Message> first = session.receive(22, PATIENCE);
      assertThat(first).hasSize(22);
      for (int group = 0; group < 5; group++) {
        String name = "g" + group;
        assertThat(first.stream().filter(one -> name.equals(one.group())).map(this::number))
            .isSorted();
      }
      session.commit();
      assertThat(session.receive(22, PATIENCE)).hasSize(3);
      session.commit();
    }
    assertThat(free()).isEmpty();
  }

  private int number(Message message) {
    return Integer.parseInt(String.valueOf(message.body()).substring(1));
  }

  @Test
  void aBatchIsNoLargerThanWasAskedFor() throws Exception {
    for (String body : List.of("a", "b", "c")) {
      send(body, body);
    }

    try (SourceSession session = open(Prefetch.ON_DEMAND)) {
      assertThat(bodies(session.receive(2, PATIENCE))).containsExactly("a", "b");
      assertThat(free()).as("the rest is left to others").containsExactly("c");
    }
  }

  @Test
  void whatIsGivenBackComesAgainAndSaysSo() throws Exception {
    send("g", "a", "b");

    try (SourceSession session = open(Prefetch.ON_DEMAND)) {
      Message first = session.receive(2, PATIENCE).get(0);
      session.rollback();
      List<Message> all = session.receive(2, PATIENCE);
      Message again = all.get(0);

      assertThat(bodies(all)).containsExactly("a", "b");
      assertThat(first.isRedelivered()).isFalse();
      assertThat(first.deliveries()).isEqualTo(1);
      assertThat(again.isRedelivered()).isTrue();
      assertThat(again.deliveries()).isEqualTo(2);
      assertThat(again.id()).isEqualTo(first.id());
      assertThat(again.deduplicationId()).isEqualTo(first.id());
      assertThat(again.failures()).isZero();
      session.commit();
    }
    assertThat(free()).isEmpty();
  }

  @Test
  void anAbandonedSessionGivesBack() throws Exception {
    send("g", "a", "b");
    SourceSession session = open(Prefetch.ON_DEMAND);
    assertThat(session.receive(1, PATIENCE)).hasSize(1);

    session.abandon();

    assertThat(free()).containsExactly("a", "b");
    assertThatThrownBy(session::commit).isInstanceOf(BrokerException.class);
    session.close();
  }

  @Test
  void aGroupIsWithOneSessionAtATime() throws Exception {
    send("g", "g1", "g2", "g3");
    send("h", "h1");

    try (SourceSession one = open(Prefetch.ON_DEMAND);
        SourceSession other = open(Prefetch.ON_DEMAND)) {
      List<Message> first = one.receive(1, PATIENCE);
      assertThat(bodies(first)).containsExactly("g1");
      assertThat(first.get(0).group()).isEqualTo("g");
      assertThat(bodies(other.receive(10, A_MOMENT))).containsExactly("h1");
      one.commit();
      assertThat(bodies(other.receive(10, A_MOMENT))).containsExactly("g2", "g3");
      other.commit();
    }
    assertThat(free()).isEmpty();
  }

  @Test
  void whatIsHeldComesAfterItsDelayAndTheRestIsDeleted() throws Exception {
    send("g", "g1", "g2");
    send("h", "h1");

    try (SourceSession session = open(Prefetch.ON_DEMAND)) {
      List<Message> all = session.receive(3, PATIENCE);
      assertThat(bodies(all)).containsExactly("g1", "g2", "h1");
      session.hold(all.get(0), LEASE);
      session.hold(all.get(1), LEASE);
      session.commit();
      send("g", "g3");
      assertThat(session.receive(10, A_MOMENT)).as("before its time").isEmpty();

      List<String> later = new ArrayList<>();
      Deadline end = Deadline.after(PATIENCE);
      while (later.size() < 3 && !end.isOver()) {
        later.addAll(bodies(session.receive(10, Duration.ofSeconds(1))));
      }

      assertThat(later).containsExactly("g1", "g2", "g3");
      session.commit();
    }
    assertThat(free()).isEmpty();
  }

  @Test
  void whatIsHeldIsGivenBackByARollbackToo() throws Exception {
    send("g", "g1", "g2");

    try (SourceSession session = open(Prefetch.ON_DEMAND)) {
      List<Message> all = session.receive(2, PATIENCE);
      session.hold(all.get(0), LEASE);
      session.rollback();

      assertThat(session.receive(10, A_MOMENT)).as("g2 waits for g1").isEmpty();
      assertThat(bodies(session.receive(2, PATIENCE))).containsExactly("g1", "g2");
      session.commit();
    }
  }

  @Test
  void aLeaseIsExtendedWhileAUnitRuns() throws Exception {
    send("g", "a");
    try (SourceSession session = open(Prefetch.ON_DEMAND)) {
      AtomicInteger lost = new AtomicInteger();
      session.whenLost(reason -> lost.incrementAndGet());
      assertThat(session.receive(1, PATIENCE)).hasSize(1);

      for (Deadline end = Deadline.after(LEASE.multipliedBy(2)); !end.isOver(); ) {
        assertThat(free()).isEmpty();
        Thread.sleep(A_MOMENT.toMillis());
      }

      session.requireConsumer();
      session.commit();
      assertThat(lost).hasValue(0);
    }
    assertThat(free()).isEmpty();
  }

  @Test
  void aLeaseThatHasEndedIsToldAndItsMessageIsAnothers() throws Exception {
    String url = send("g", "a");
    try (SourceSession session = open(Prefetch.ON_DEMAND);
        SourceSession other = open(Prefetch.ON_DEMAND)) {
      CompletableFuture<String> lost = new CompletableFuture<>();
      session.whenLost(reason -> lost.complete(reason.getMessage()));
      Message message = session.receive(1, PATIENCE).get(0);
      endLease(url, message);
      assertThat(bodies(other.receive(1, PATIENCE))).containsExactly("a");

      assertThat(lost.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
          .contains("lease", SqsCalls.nameOf(url), "has ended", "comes again");
      assertThatThrownBy(session::requireConsumer).hasMessageContaining("has ended");
      assertThatThrownBy(session::commit).hasMessageContaining("has ended");
      session.rollback();

      assertThat(free()).as("the other still has it").isEmpty();
      other.commit();
      session.requireConsumer();
    }
    assertThat(free()).isEmpty();
  }

  @Test
  void aDeletionByAnOldReceiptIsNoSuccess() throws Exception {
    String url = send("g", "a");
    try (SourceSession session = open(Prefetch.ON_DEMAND);
        SourceSession other = open(Prefetch.ON_DEMAND)) {
      Message message = session.receive(1, PATIENCE).get(0);
      endLease(url, message);
      assertThat(other.receive(1, PATIENCE)).hasSize(1);

      assertThatThrownBy(session::commit).isInstanceOf(BrokerException.class);

      assertThat(free()).as("the other still has it").isEmpty();
      other.rollback();
    }
    assertThat(free()).containsExactly("a");
  }

  /** As where the process of its session had stood still for so long. */
  protected final void endLease(String url, Message message) {
    String receipt = ((SqsMessage) message).receipt();
    client()
        .changeMessageVisibility(
            to -> to.queueUrl(url).receiptHandle(receipt).visibilityTimeout(0));
  }

  @Test
  void whatWasNotHandedOutIsNotDeleted() throws Exception {
    String url = create(queue, Map.of());
    try (SourceSession session = open(Prefetch.BUFFERED)) {
      assertThat(session.receive(10, A_MOMENT)).as("asks for ten").isEmpty();
      send("g", "a", "b", "c");
      List<String> received = new ArrayList<>();
      Deadline end = Deadline.after(PATIENCE);
      while (received.size() < 3 && !end.isOver()) {
        List<Message> one = session.receive(1, Duration.ofSeconds(1));
        assertThat(one.size()).isLessThan(2);
        received.addAll(bodies(one));
        session.commit();
      }
      assertThat(received).containsExactly("a", "b", "c");
    }
    assertThat(url).contains(queue);
    assertThat(free()).isEmpty();
  }

  @Test
  void whatWaitsBehindAMessageIsGivenBackWithIt() throws Exception {
    create(queue, Map.of());
    try (SourceSession session = open(Prefetch.BUFFERED)) {
      assertThat(session.receive(10, A_MOMENT)).as("asks for ten").isEmpty();
      send("g", "a", "b", "c");
      assertThat(bodies(session.receive(1, PATIENCE))).containsExactly("a");
      session.rollback();

      List<String> received = new ArrayList<>();
      for (Deadline end = Deadline.after(PATIENCE); received.size() < 3 && !end.isOver(); ) {
        received.addAll(bodies(session.receive(10, Duration.ofSeconds(1))));
      }

      assertThat(received).containsExactly("a", "b", "c");
      session.commit();
    }
    assertThat(free()).isEmpty();
  }

  @Test
  void theKeyIsWhatTheInboxKnowsAMessageBy() throws Exception {
    send("g", "a");

    try (SourceSession session = open(queue, Prefetch.ON_DEMAND, Key.DEDUPLICATION_ID)) {
      assertThat(session.receive(1, PATIENCE).get(0).deduplicationId()).isEqualTo("a");
    }
  }

  @Test
  void equalBodiesAreNotMadeOneUnlessThatIsConfirmed() throws Exception {
    create(queue, Map.of(QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true"));

    try (SourceSession session = queues().openLocal(Prefetch.ON_DEMAND)) {
      assertThat(session.refusalOf(Source.ofLeases(queue, Key.DEDUPLICATION_ID)))
          .get()
          .satisfies(
              refusal -> {
                assertThat(refusal.part()).isEqualTo(Refusal.Part.DESTINATION);
                assertThat(refusal.reason()).contains("\"key\": \"content\"");
              });
      assertThat(session.refusalOf(Source.ofLeases(queue, Key.CONTENT))).isEmpty();
    }
  }

  @Test
  void aQueueWithoutOrderHasNoDeduplicationIds() throws Exception {
    String plain = queue.replace(".fifo", "");
    String url = create(plain, Map.of());
    client().sendMessage(to -> to.queueUrl(url).messageBody("a"));

    assertThatThrownBy(() -> open(plain, Prefetch.ON_DEMAND, Key.DEDUPLICATION_ID))
        .isInstanceOf(TargetRefusedException.class);
    try (SourceSession session = open(plain, Prefetch.ON_DEMAND, Key.MESSAGE_ID)) {
      Message message = session.receive(1, PATIENCE).get(0);
      assertThat(message.body()).isEqualTo("a");
      assertThat(message.group()).isNull();
      session.commit();
      assertThat(session.receive(1, A_MOMENT)).isEmpty();
    }
  }

  @Test
  void aQueueThatIsNotThereIsRefused() throws Exception {
    try (SourceSession session = queues().openLocal(Prefetch.ON_DEMAND)) {
      assertThat(session.refusalOf(Source.ofLeases("none-" + queue, Key.MESSAGE_ID)))
          .get()
          .extracting(Refusal::part)
          .isEqualTo(Refusal.Part.DESTINATION);
    }
  }

  @Test
  void attributesAreHeaders() throws Exception {
    String url = create(queue, Map.of());
    client()
        .sendMessage(
            to ->
                to.queueUrl(url)
                    .messageBody("{}")
                    .messageGroupId("g")
                    .messageDeduplicationId("d")
                    .messageAttributes(
                        Map.of(
                            "text", attribute("String", "tea"),
                            "json", attribute("String.json", "[1]"),
                            "whole", attribute("Number.int", "12"),
                            "part", attribute("Number", "1.5"),
                            "bytes",
                                MessageAttributeValue.builder()
                                    .dataType("Binary")
                                    .binaryValue(SdkBytes.fromByteArray(new byte[] {1, 2}))
                                    .build())));

    try (SourceSession session = open(Prefetch.ON_DEMAND)) {
      Message message = session.receive(1, PATIENCE).get(0);

      assertThat(message.headers())
          .containsEntry("text", "tea")
          .containsEntry("json", "[1]")
          .containsEntry("whole", 12L)
          .containsEntry("part", new java.math.BigDecimal("1.5"))
          .containsEntry("bytes", new byte[] {1, 2});
      assertThat(message.header("JMSXGroupID")).isEqualTo("g");
      assertThat(message.header("sqs.deduplicationId")).isEqualTo("d");
      assertThat(message.sentAt()).isPositive();
      assertThat(message.header("sqs.sentAt")).isEqualTo(message.sentAt());
      assertThat(message.receivedAt()).isNotNull();
    }
  }

  private static MessageAttributeValue attribute(String type, String value) {
    return MessageAttributeValue.builder().dataType(type).stringValue(value).build();
  }

  @Test
  void aQueueTellsWhatItHoldsAndWhenItGivesUp() throws Exception {
    String dead = "dead-" + queue;
    create(dead, Map.of());
    String arn = "arn:aws:sqs:elasticmq:000000000000:" + dead;
    String policy = "{\"deadLetterTargetArn\":\"%s\",\"maxReceiveCount\":\"2\"}".formatted(arn);
    String url = create(queue, Map.of(QueueAttributeName.REDRIVE_POLICY, policy));
    for (String body : List.of("a", "b", "c")) {
      client().sendMessage(to(url, body, body));
    }

    try (SourceSession session = open(Prefetch.ON_DEMAND)) {
      session.receive(1, PATIENCE);
      assertThat(queues().leasedQueue(queue)).isEqualTo(new LeasedQueue(2, 1, 0, true, 2, dead));
      session.rollback();
      assertThat(session.receive(1, PATIENCE)).hasSize(1);
      session.rollback();
      assertThat(bodies(session.receive(10, PATIENCE))).containsExactly("b", "c");
    }
    try (SourceSession session = open(dead, Prefetch.ON_DEMAND, Key.MESSAGE_ID)) {
      assertThat(bodies(session.receive(10, PATIENCE))).containsExactly("a");
    }
    assertThatThrownBy(() -> queues().leasedQueue("none-" + queue))
        .isInstanceOf(TargetRefusedException.class);
  }

  @Test
  void itLeasesAndHasNeitherBranchesNorSends() throws Exception {
    assertThat(queues().capabilities().has(Capability.LEASES)).isTrue();
    assertThat(queues().capabilities().has(Capability.POSITIONS)).isFalse();
    assertThat(queues().selectorProblem("a = 1")).isNotNull();
    assertThatThrownBy(() -> queues().openXa(Prefetch.ON_DEMAND))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
