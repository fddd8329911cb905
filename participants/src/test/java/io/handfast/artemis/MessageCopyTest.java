package io.handfast.artemis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.message.MessageCopy;
import io.handfast.message.MessageCopy.Kind;
import io.handfast.message.MessageHeaders;
import io.handfast.message.UnusableMessageException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;
import org.apache.activemq.artemis.utils.UUIDGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MessageCopyTest {

  private static final byte[] BODY = {1, 0, -1, 'x'};
  private static final long NOW = 1_000_000;
  private static final long EXPIRATION = 2_000_000;

  private final ClientMessage source =
      new ClientMessageImpl(Message.STREAM_TYPE, false, EXPIRATION, 0, (byte) 7, 64);

  @BeforeEach
  void fill() {
    source.getBodyBuffer().writeBytes(BODY);
    source.putStringProperty("a name-that JMS does not allow", "tea");
    source.putBytesProperty("bytes", BODY);
    source.putStringProperty("JMSCorrelationID", "c-1");
    source.putBooleanProperty(Message.HDR_LARGE_COMPRESSED, true);
    source.putStringProperty(Message.HDR_DUPLICATE_DETECTION_ID.toString(), "d-1");
    source.putStringProperty("NATIVE_MESSAGE_ID", "native");
    source.putStringProperty("_AMQ_ORIG_QUEUE", "DLQ");
    source.putStringProperty(MessageHeaders.ID, "ID:first");
    source.putStringProperty(MessageHeaders.SOURCE, "orders");
    source.putIntProperty(MessageHeaders.FAILURES, 3);
    source.putStringProperty(MessageHeaders.COPY, ArtemisMessage.idOf(source));
  }

  private ClientMessage copy(Kind kind, Map<String, ?> headers, Duration delay) throws Exception {
    ArtemisMessage original = ArtemisMessage.of(source, "orders");
    return new CopyBuilder(session(), NOW, false)
        .build(new MessageCopy(original, kind, headers, delay));
  }

  @ParameterizedTest
  @EnumSource
  void everyKindHasTheBodyAndWhatTheApplicationHasSet(Kind kind) throws Exception {
    ClientMessage copy = copy(kind, Map.of("traceparent", "00-1"), Duration.ZERO);

    byte[] body = new byte[BODY.length];
    copy.getBodyBuffer().readBytes(body);
    assertThat(body).isEqualTo(BODY);
    assertThat(copy.getBodyBuffer().readable()).isFalse();
    assertThat(copy.getType()).isEqualTo(Message.STREAM_TYPE);
    assertThat(copy.getPriority()).isEqualTo((byte) 7);
    assertThat(copy.getStringProperty("a name-that JMS does not allow")).isEqualTo("tea");
    assertThat(copy.getBytesProperty("bytes")).isEqualTo(BODY);
    assertThat(copy.getStringProperty("JMSCorrelationID")).isEqualTo("c-1");
    assertThat(copy.getStringProperty("traceparent")).isEqualTo("00-1");
    assertThat(copy.getUserID()).isNotNull();
    assertThat(copy.getPropertyNames())
        .extracting(String::valueOf)
        .doesNotContain(
            "_AMQ_LARGE_COMPRESSED", "_AMQ_DUPL_ID", "NATIVE_MESSAGE_ID", "_AMQ_SCHED_DELIVERY");
  }

  @Test
  void aRetryRemembersWhatItMustNotCarry() throws Exception {
    ClientMessage copy = copy(Kind.RETRY, Map.of(), Duration.ofSeconds(5));

    assertThat(copy.isDurable()).isTrue();
    assertThat(copy.getExpiration()).isZero();
    assertThat(copy.getLongProperty(Message.HDR_SCHEDULED_DELIVERY_TIME)).isEqualTo(NOW + 5_000);
    ArtemisMessage again = ArtemisMessage.of(copy, "orders");
    assertThat(again.id()).isEqualTo("ID:first");
    assertThat(again.failures()).isEqualTo(3);
    assertThat(again.expiration()).isEqualTo(EXPIRATION);
    assertThat(again.deduplicationId()).isEqualTo("d-1");
    assertThat(again.headers()).containsEntry("_AMQ_ORIG_QUEUE", "DLQ");
  }

  @Test
  void aForwardedMessageIsANewOne() throws Exception {
    ClientMessage copy = copy(Kind.FORWARD, Map.of(), Duration.ZERO);

    assertThat(copy.isDurable()).isFalse();
    assertThat(copy.getExpiration()).isEqualTo(EXPIRATION);
    ArtemisMessage next = ArtemisMessage.of(copy, "next");
    assertThat(next.id()).isEqualTo("ID:" + copy.getUserID()).isNotEqualTo("ID:first");
    assertThat(next.deduplicationId()).isEqualTo(next.id());
    assertThat(next.headers().keySet())
        .noneMatch(name -> name.startsWith("handfast_") || name.startsWith("_AMQ_ORIG"));
  }

  @Test
  void aReplayIsTheMessageAgainWithNothingCounted() throws Exception {
    ClientMessage copy = copy(Kind.REPLAY, Map.of(), Duration.ZERO);

    assertThat(copy.getExpiration()).isZero();
    ArtemisMessage again = ArtemisMessage.of(copy, "orders");
    assertThat(again.id()).isEqualTo("ID:first");
    assertThat(again.failures()).isZero();
    assertThat(again.expiration()).isZero();
  }

  @Test
  void whatACopySaysOfItsOriginalCountsInItsOwnQueueOnly() {
    ArtemisMessage elsewhere = ArtemisMessage.of(source, "dead letters of two deliveries");

    assertThat(elsewhere.id()).isNotEqualTo("ID:first");
    assertThat(elsewhere.failures()).isZero();
    assertThat(ArtemisMessage.of(source, null).id()).as("looked at").isEqualTo("ID:first");
  }

  @Test
  void whatAClientHasTakenOverFromACopyMakesNoCopy() {
    source.setUserID(UUIDGenerator.getInstance().generateUUID()); // the client's own message

    ArtemisMessage sent = ArtemisMessage.of(source, "orders");

    assertThat(sent.id()).isNotEqualTo("ID:first");
    assertThat(sent.failures()).isZero();
    assertThat(sent.expiration()).isEqualTo(EXPIRATION);
  }

  @Test
  void whatDoesNotExpireIsSafeFromTheBrokersDefault() throws Exception {
    ArtemisMessage original = ArtemisMessage.of(source, "orders");
    ClientMessage copy =
        new CopyBuilder(session(), NOW, true)
            .build(new MessageCopy(original, Kind.REPLAY, Map.of()));

    assertThat(copy.getExpiration()).isEqualTo(CopyBuilder.NEVER);
    assertThat(ArtemisMessage.of(copy, "orders").expiration()).isZero();
  }

  @Test
  void propertiesThatTheBrokerWouldRefuseLaterAreRefusedNow() {
    source.putStringProperty("large", "x".repeat(200_000));

    assertThatThrownBy(() -> copy(Kind.RETRY, Map.of(), Duration.ZERO))
        .isInstanceOf(UnusableMessageException.class)
        .hasMessageContaining("more than the 102400 that can be copied");
  }

  private static ClientSession session() {
    return (ClientSession)
        Proxy.newProxyInstance(
            ClientSession.class.getClassLoader(),
            new Class<?>[] {ClientSession.class},
            (proxy, method, arguments) ->
                new ClientMessageImpl(
                    (byte) arguments[0],
                    (boolean) arguments[1],
                    (long) arguments[2],
                    (long) arguments[3],
                    (byte) arguments[4],
                    64));
  }
}
