package io.handfast.it.harness;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.ConnectionOptions;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.exceptions.ClientException;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/**
 * Clients that send what Handfast's own never would: over AMQP, MQTT and STOMP, and JMS messages of
 * every kind. Each call has a connection of its own and returns when the broker has the message.
 */
public final class Senders {

  /** Makes a JMS message. */
  @FunctionalInterface
  public interface Making {
    Message in(Session session) throws JMSException;
  }

  private final Broker broker;
  private final URI url;

  public Senders(Broker broker) {
    this.broker = broker;
    this.url = URI.create(broker.url());
  }

  /** Sends a persistent JMS message to a queue. */
  public void jms(String queue, Making making) throws JMSException {
    jms("", queue, Message.DEFAULT_DELIVERY_MODE, 0, making);
  }

  /**
   * Sends a JMS message.
   *
   * @param options of the connection's URL, such as {@code ?compressLargeMessage=true}
   */
  public void jms(String options, String queue, int deliveryMode, long timeToLive, Making making)
      throws JMSException {
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(broker.url() + options);
        Connection connection = factory.createConnection(broker.username(), broker.password())) {
      Session session = connection.createSession();
      MessageProducer producer = session.createProducer(session.createQueue(queue));
      producer.send(making.in(session), deliveryMode, Message.DEFAULT_PRIORITY, timeToLive);
    }
  }

  /** Sends an AMQP message with application properties of any name and type. */
  public void amqp(String address, Object body, Map<String, Object> properties) throws Exception {
    amqp(
        address,
        body,
        message -> {
          for (Map.Entry<String, Object> property : properties.entrySet()) {
            message.property(property.getKey(), property.getValue());
          }
        });
  }

  /** What is set in an AMQP message. */
  @FunctionalInterface
  public interface Setting {
    void in(org.apache.qpid.protonj2.client.Message<Object> message) throws ClientException;
  }

  /** Sends a durable AMQP message. */
  public void amqp(String address, Object body, Setting setting) throws Exception {
    ConnectionOptions options =
        new ConnectionOptions().user(broker.username()).password(broker.password());
    try (Client client = Client.create();
        org.apache.qpid.protonj2.client.Connection connection =
            client.connect(url.getHost(), url.getPort(), options);
        Sender sender = connection.openSender(address)) {
      org.apache.qpid.protonj2.client.Message<Object> message =
          org.apache.qpid.protonj2.client.Message.create(body);
      message.durable(true);
      setting.in(message);
      sender.send(message).awaitAccepted();
    }
  }

  /** Publishes over MQTT 5, with a user property. */
  public void mqtt(String topic, byte[] body, int qos) throws MqttException {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setUserName(broker.username());
    options.setPassword(broker.password().getBytes(StandardCharsets.UTF_8));
    MqttClient client =
        new MqttClient(broker.url(), UUID.randomUUID().toString(), new MemoryPersistence());
    try {
      client.connect(options);
      MqttMessage message = new MqttMessage(body);
      message.setQos(qos);
      MqttProperties properties = new MqttProperties();
      properties.getUserProperties().add(new UserProperty("x-tenant", "tea"));
      message.setProperties(properties);
      client.publish(topic, message);
      client.disconnect();
    } finally {
      client.close();
    }
  }

  /** Sends over STOMP, persistent, with headers of any name. */
  public void stomp(String queue, String body, Map<String, String> headers) throws IOException {
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      BufferedReader answers =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      write(
          socket,
          "CONNECT\naccept-version:1.2\nhost:localhost\nlogin:%s\npasscode:%s\n\n\0"
              .formatted(broker.username(), broker.password()));
      expect("CONNECTED", answers);
      StringBuilder frame = new StringBuilder("SEND\ndestination:" + queue + "\npersistent:true\n");
      headers.forEach((name, value) -> frame.append(name).append(':').append(value).append('\n'));
      write(socket, frame + "receipt:1\n\n" + body + "\0");
      expect("RECEIPT", answers);
    }
  }

  private static void write(Socket socket, String frame) throws IOException {
    socket.getOutputStream().write(frame.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  private static void expect(String command, BufferedReader answers) throws IOException {
    String line = answers.readLine();
    while (line != null && line.replace("\0", "").isEmpty()) {
      line = answers.readLine();
    }
    if (line == null || !line.replace("\0", "").equals(command)) {
      throw new IOException("STOMP answered " + line + " " + answers.readLine());
    }
    int end = answers.read();
    while (end > 0) {
      end = answers.read();
    }
  }
}
