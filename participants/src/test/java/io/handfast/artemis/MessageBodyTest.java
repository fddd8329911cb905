package io.handfast.artemis;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.message.MessageBody;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;
import org.apache.activemq.artemis.utils.collections.TypedProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageBodyTest {

  @Test
  void aText() {
    assertThat(read(Message.TEXT_TYPE, text("té")).text()).isEqualTo("té");
    assertThat(read(Message.TEXT_TYPE, text(null))).isEqualTo(MessageBody.NONE);
    assertThat(read(Message.TEXT_TYPE, buffer -> {})).isEqualTo(MessageBody.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\ud800", "\udc00b", "\ud800\ud800\udc00"})
  void halfACharacterIsNoText(String broken) {
    MessageBody body = read(Message.TEXT_TYPE, text(broken));

    assertThat(body.text()).isNull();
    assertThat(body.problem()).contains("not Unicode");
    assertThat(
            map(entries ->
                    entries.putSimpleStringProperty(SimpleString.of("v"), SimpleString.of(broken)))
                .problem())
        .contains("not Unicode");
    assertThat(read(Message.TEXT_TYPE, text("\ud83d\ude00")).text()).isEqualTo("\ud83d\ude00");
  }

  private static Consumer<ActiveMQBuffer> text(String text) {
    return buffer -> buffer.writeNullableSimpleString(SimpleString.of(text));
  }

  @Test
  void bytesThatAreUtf8AreAText() {
    byte[] bytes = "té".getBytes(StandardCharsets.UTF_8);

    assertThat(read(Message.BYTES_TYPE, buffer -> buffer.writeBytes(bytes)).text()).isEqualTo("té");
    assertThat(read(Message.DEFAULT_TYPE, buffer -> buffer.writeBytes(bytes)).text())
        .isEqualTo("té");
    assertThat(read(Message.BYTES_TYPE, buffer -> {}).text()).isEmpty();
    assertThat(read(Message.DEFAULT_TYPE, buffer -> {})).isEqualTo(MessageBody.NONE);
  }

  @Test
  void theEncodingOfAnAmqpValueIsNoBody() {
    ClientMessageImpl message = new ClientMessageImpl(Message.BYTES_TYPE, true, 0, 0, (byte) 4, 64);
    message.getBodyBuffer().writeBytes(new byte[] {0, 0x53, 0x77, 0x54, 5});
    message.putBooleanProperty("JMS_AMQP_HEADER", true);

    assertThat(BodyReader.read(message).problem()).contains("AMQP value");

    message.putShortProperty("JMS_AMQP_ORIGINAL_ENCODING", (short) 2); // bytes that look like it
    assertThat(BodyReader.read(message).problem()).isNull();
  }

  @Test
  void otherBytesAreBinaryAndNeverReplaced() {
    byte[] bytes = {'x', (byte) 0xc3, 'y'};

    MessageBody body = read(Message.BYTES_TYPE, buffer -> buffer.writeBytes(bytes));

    assertThat(body.text()).isNull();
    assertThat(body.binary()).isEqualTo(bytes);
    assertThat(body.problem()).isNull();
  }

  @Test
  void aMapIsAJsonObjectInOrder() {
    MessageBody body =
        map(
            entries -> {
              entries.putLongProperty(SimpleString.of("id"), 9_007_199_254_740_993L);
              entries.putDoubleProperty(SimpleString.of("price"), 0.1);
              entries.putCharProperty(SimpleString.of("grade"), 'A');
              entries.putBooleanProperty(SimpleString.of("hot"), true);
              entries.putBytesProperty(SimpleString.of("blob"), new byte[] {-1});
              entries.putNullValue(SimpleString.of("none"));
              entries.putSimpleStringProperty(SimpleString.of("a b"), SimpleString.of("\"tea\""));
            });

    assertThat(body.text())
        .isEqualTo(
            "{\"a b\":\"\\\"tea\\\"\",\"blob\":\"/w==\",\"grade\":\"A\",\"hot\":true,"
                + "\"id\":9007199254740993,\"none\":null,\"price\":0.1}");
  }

  @Test
  void aMapWithANumberThatJsonHasNotCannotBeUsed() {
    MessageBody body = map(entries -> entries.putFloatProperty(SimpleString.of("f"), Float.NaN));

    assertThat(body.text()).isNull();
    assertThat(body.problem()).contains("NaN");
  }

  private static MessageBody map(Consumer<TypedProperties> filling) {
    TypedProperties entries = new TypedProperties();
    filling.accept(entries);
    return read(Message.MAP_TYPE, buffer -> entries.encode(buffer.byteBuf()));
  }

  @ParameterizedTest
  @ValueSource(bytes = {Message.STREAM_TYPE, Message.OBJECT_TYPE, Message.EMBEDDED_TYPE, 99})
  void otherBodiesCannotBeUsed(byte type) {
    MessageBody body = read(type, buffer -> buffer.writeInt(7));

    assertThat(body.text()).isNull();
    assertThat(body.binary()).isNull();
    assertThat(body.problem()).isNotBlank();
  }

  @Test
  void aTextThatIsNoneCannotBeUsedAndThrowsNothing() {
    MessageBody body = read(Message.TEXT_TYPE, buffer -> buffer.writeByte((byte) 1));

    assertThat(body.problem()).contains("cannot be decoded");
  }

  private static MessageBody read(byte type, Consumer<ActiveMQBuffer> filling) {
    ClientMessageImpl message = new ClientMessageImpl(type, true, 0, 0, (byte) 4, 64);
    filling.accept(message.getBodyBuffer());
    return BodyReader.read(message);
  }
}
