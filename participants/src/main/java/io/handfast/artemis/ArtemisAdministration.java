package io.handfast.artemis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.message.AddressRules;
import io.handfast.message.BrokerAdministration;
import io.handfast.message.BrokerDeadLetterRule;
import io.handfast.message.BrokerException;
import io.handfast.message.DuplicateIdMemory;
import io.handfast.message.QueueState;
import io.handfast.participant.BranchFact;
import io.handfast.participant.BranchText;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSession.QueueQuery;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.core.transaction.impl.XidImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.jspecify.annotations.Nullable;

/**
 * Asks the broker about queues, addresses and settings by its management address. Not thread-safe.
 */
final class ArtemisAdministration implements BrokerAdministration {

  private static final String MANAGEMENT = "activemq.management";
  private static final long REPLY_TIMEOUT_MILLIS = 10_000;
  private static final int DEFAULT_MAX_DELIVERY_ATTEMPTS = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Connection connection;
  private final Session session;
  private final SendWatch sends;

  /** What is asked of the broker. */
  @FunctionalInterface
  private interface Question {
    void writeTo(Message request) throws JMSException;
  }

  ArtemisAdministration(Connection connection, SendWatch sends) throws BrokerException {
    this.connection = connection;
    this.sends = sends;
    try {
      this.session = CoreCalls.call(() -> connection.createSession(Session.AUTO_ACKNOWLEDGE));
      CoreCalls.run(connection::start);
    } catch (BrokerException | RuntimeException e) {
      ArtemisBroker.closeQuietly(connection);
      throw e;
    }
  }

  @Override
  public Optional<QueueState> queue(String name) throws BrokerException {
    if (!queueExists(name)) {
      return Optional.empty();
    }
    String resource = ResourceNames.QUEUE + name;
    return Optional.of(
        new QueueState(
            attribute(resource, "messageCount"),
            attribute(resource, "consumerCount"),
            attribute(resource, "preparedTransactionMessageCount")));
  }

  private boolean queueExists(String name) throws BrokerException {
    return query(name).isExists();
  }

  /** Asking for an attribute of a missing queue makes the broker log a warning; this does not. */
  private QueueQuery query(String name) throws BrokerException {
    ClientSession core = ((ActiveMQSession) session).getCoreSession();
    return CoreCalls.call(() -> core.queueQuery(SimpleString.of(name)));
  }

  @Override
  public List<String> queuesBeginningWith(String prefix) throws BrokerException {
    List<String> names = new ArrayList<>();
    if (value(ResourceNames.BROKER, "queueNames") instanceof Object[] all) {
      for (Object name : all) {
        if (String.valueOf(name).startsWith(prefix)) {
          names.add(String.valueOf(name));
        }
      }
    }
    return names;
  }

  @Override
  public void removeQueue(String name) throws BrokerException {
    if (!queueExists(name)) {
      return;
    }
    try {
      invoke(ResourceNames.BROKER, "destroyQueue", name, true, true);
    } catch (BrokerException e) {
      if (queueExists(name)) {
        throw e;
      } // else the broker has removed it by itself meanwhile, since it had no consumer
    }
  }

  @Override
  public AddressRules rulesOf(String queue) throws BrokerException {
    return rulesOfAddress(addressOf(queue));
  }

  private String addressOf(String queue) throws BrokerException {
    QueueQuery found = query(queue);
    return found.isExists() ? found.getAddress().toString() : queue;
  }

  AddressRules rulesOfAddress(String address) throws BrokerException {
    return rules(invokeForJson(ResourceNames.BROKER, "getAddressSettingsAsJSON", address));
  }

  private static AddressRules rules(JsonNode settings) {
    String deadLetters = settings.path("deadLetterAddress").asText("");
    boolean isExpiryOff = settings.path("noExpiry").asBoolean(false);
    long expiryDelay = settings.path("expiryDelay").asLong(-1);
    return new AddressRules(
        new BrokerDeadLetterRule(
            settings.path("maxDeliveryAttempts").asInt(DEFAULT_MAX_DELIVERY_ATTEMPTS),
            deadLetters.isEmpty() ? null : deadLetters),
        settings.path("addressFullMessagePolicy").asText("PAGE"),
        isExpiryOff ? -1 : expiryDelay,
        isExpiryOff || expiryDelay >= 0 ? -1 : settings.path("maxExpiryDelay").asLong(-1));
  }

  /** What the broker's list of prepared transactions says about these branches. */
  List<BranchFact> preparedBranches(Collection<Xid> branches) throws BrokerException {
    Map<String, JsonNode> listed = new HashMap<>();
    invokeForJson(ResourceNames.BROKER, "listPreparedTransactionDetailsAsJSON")
        .forEach(branch -> listed.put(branch.path("xid_as_base64").asText(), branch));
    List<BranchFact> facts = new ArrayList<>();
    for (Xid branch : branches) {
      JsonNode found = listed.get(XidImpl.toBase64String(branch));
      if (found != null) {
        facts.add(new BranchFact(BranchText.of(branch), null, describe(found)));
      }
    }
    return facts;
  }

  /** The broker writes the time in its own language and zone, so it is left as it is. */
  private static String describe(JsonNode branch) {
    int received = 0;
    int sent = 0;
    for (JsonNode message : branch.path("tx_related_messages")) {
      if (message.path("message_operation_type").asText().contains("send")) {
        sent++;
      } else {
        received++;
      }
    }
    return "since %s by the broker's clock, %d messages received, %d sent"
        .formatted(branch.path("creation_time").asText("an unknown time"), received, sent);
  }

  @Override
  public Optional<Long> moveUnusable(String from, @Nullable Long messageId, String to)
      throws BrokerException {
    Long id = messageId != null ? messageId : firstUnusable(from);
    if (id == null) {
      return Optional.empty();
    }
    Object isMoved = invoke(ResourceNames.QUEUE + from, "moveMessage", id, to);
    return Boolean.TRUE.equals(isMoved) ? Optional.of(id) : Optional.empty();
  }

  private @Nullable Long firstUnusable(String queue) throws BrokerException {
    if (!queueExists(queue)) {
      return null;
    }
    Long first = first(queue);
    if (first == null || first.equals(firstHandedOut(queue))) {
      return null;
    }
    // A consumer that took the first message meanwhile would make it look as if it were stuck.
    return first.equals(first(queue)) ? first : null;
  }

  private @Nullable Long first(String queue) throws BrokerException {
    JsonNode message = invokeForJson(ResourceNames.QUEUE + queue, "peekFirstMessageAsJSON");
    JsonNode id = message.path("messageID");
    return id.isMissingNode() ? null : id.asLong();
  }

  /** A browser leaves out, without a word, what cannot be handed out. */
  private @Nullable Long firstHandedOut(String queue) throws BrokerException {
    ClientSession core = ((ActiveMQSession) session).getCoreSession();
    ClientConsumer browser = CoreCalls.call(() -> core.createConsumer(queue, null, true));
    try {
      ClientMessage first = CoreCalls.call(browser::receiveImmediate);
      return first == null ? null : first.getMessageID();
    } finally {
      CoreCalls.run(browser::close);
    }
  }

  @Override
  public String version() throws BrokerException {
    return String.valueOf(value(ResourceNames.BROKER, "version"));
  }

  @Override
  public boolean isPersistent() throws BrokerException {
    return !Boolean.FALSE.equals(value(ResourceNames.BROKER, "persistenceEnabled"));
  }

  @Override
  public DuplicateIdMemory idMemory() throws BrokerException {
    return new DuplicateIdMemory(
        attribute(ResourceNames.BROKER, "IDCacheSize"),
        !Boolean.FALSE.equals(value(ResourceNames.BROKER, "persistIDCache")));
  }

  /** Where the connection of a client id comes from and since when; empty where there is none. */
  Optional<String> connectionOf(String clientId) throws BrokerException {
    String filter =
        JSON.createObjectNode()
            .put("field", "clientID")
            .put("operation", "EQUALS")
            .put("value", clientId)
            .toString();
    JsonNode connections = invokeForJson(ResourceNames.BROKER, "listConnections", filter, 1, 1);
    JsonNode found = connections.path("data").path(0);
    String address = found.path("remoteAddress").asText("");
    return address.isEmpty()
        ? Optional.empty()
        : Optional.of("from " + address + " since " + found.path("creationTime").asText());
  }

  private long attribute(String resource, String attribute) throws BrokerException {
    return value(resource, attribute) instanceof Number number ? number.longValue() : 0;
  }

  private @Nullable Object value(String resource, String attribute) throws BrokerException {
    return result(request -> JMSManagementHelper.putAttribute(request, resource, attribute));
  }

  private JsonNode invokeForJson(String resource, String operation, Object... arguments)
      throws BrokerException {
    try {
      return JSON.readTree(String.valueOf(invoke(resource, operation, arguments)));
    } catch (JsonProcessingException e) {
      throw failed(e);
    }
  }

  private @Nullable Object invoke(String resource, String operation, Object... arguments)
      throws BrokerException {
    return result(
        request ->
            JMSManagementHelper.putOperationInvocation(request, resource, operation, arguments));
  }

  private @Nullable Object result(Question question) throws BrokerException {
    try {
      Message request = session.createMessage();
      question.writeTo(request);
      Message reply = reply(request);
      if (!JMSManagementHelper.hasOperationSucceeded(reply)) {
        throw new BrokerException("the broker refuses: " + JMSManagementHelper.getResult(reply));
      }
      return JMSManagementHelper.getResult(reply);
    } catch (JMSException e) {
      throw CoreCalls.failure(e);
    } catch (BrokerException e) {
      throw e;
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private Message reply(Message request) throws JMSException, BrokerException {
    Queue management = ActiveMQDestination.createQueue(MANAGEMENT);
    Queue replies = session.createTemporaryQueue();
    request.setJMSReplyTo(replies);
    try (var producer = session.createProducer(management);
        var consumer = session.createConsumer(replies)) {
      sends.send(MANAGEMENT, () -> ArtemisBroker.lose(connection), () -> producer.send(request));
      Message reply = consumer.receive(REPLY_TIMEOUT_MILLIS);
      if (reply == null) {
        throw new BrokerException("the broker's management did not answer in time");
      }
      return reply;
    }
  }

  private static BrokerException failed(Exception cause) {
    return CoreCalls.failure("the broker's management failed: " + cause.getMessage(), cause);
  }

  @Override
  public void close() {
    ArtemisBroker.closeQuietly(connection);
  }
}
