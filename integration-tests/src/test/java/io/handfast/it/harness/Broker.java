package io.handfast.it.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession.QueueQuery;
import org.apache.activemq.artemis.api.core.management.ManagementHelper;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.api.core.management.SimpleManagement;
import org.apache.activemq.artemis.core.transaction.impl.XidImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;

/** A broker as any client from outside sees it. */
public record Broker(String url, String username, String password) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GROUP = "JMSXGroupID";

  /** How to name a destination in a session. */
  private interface Naming {
    Destination in(Session session) throws JMSException;
  }

  /** Sends the bodies as text messages, in one transaction. */
  public void send(String queue, List<String> bodies) throws JMSException {
    send(session -> session.createQueue(queue), bodies, GROUP, body -> null);
  }

  /** Sends a text message with a property. */
  public void send(String queue, String body, String property, String value) throws JMSException {
    send(session -> session.createQueue(queue), List.of(body), property, unused -> value);
  }

  /** Sends the bodies as text messages of the groups that the function tells. */
  public void send(String queue, List<String> bodies, UnaryOperator<String> groupOf)
      throws JMSException {
    send(session -> session.createQueue(queue), bodies, GROUP, groupOf);
  }

  /** Sends the bodies as text messages to all subscriptions of a topic, in one transaction. */
  public void publish(String topic, List<String> bodies) throws JMSException {
    send(session -> session.createTopic(topic), bodies, GROUP, body -> null);
  }

  /** Each message has the property, but those for which the function tells no value. */
  private void send(
      Naming destination, List<String> bodies, String property, UnaryOperator<String> valueOf)
      throws JMSException {
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
        Connection connection = factory.createConnection(username, password)) {
      Session session = connection.createSession(Session.SESSION_TRANSACTED);
      MessageProducer producer = session.createProducer(destination.in(session));
      for (String body : bodies) {
        Message message = session.createTextMessage(body);
        String value = valueOf.apply(body);
        if (value != null) {
          message.setStringProperty(property, value);
        }
        producer.send(message);
      }
      session.commit();
    }
  }

  /** The messages that a consumer could take now: not those in delivery or prepared. */
  public List<QueuedMessage> browse(String queue) throws JMSException {
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
        Connection connection = factory.createConnection(username, password)) {
      connection.start();
      Session session = connection.createSession();
      List<QueuedMessage> messages = new ArrayList<>();
      try (QueueBrowser browser = session.createBrowser(session.createQueue(queue))) {
        Enumeration<?> queued = browser.getEnumeration();
        while (queued.hasMoreElements()) {
          messages.add(QueuedMessage.of((Message) queued.nextElement()));
        }
      }
      return messages;
    }
  }

  /**
   * What the sender gave the broker to recognise copies by, of each message that waits for its time
   * to be tried again: no browser sees these.
   */
  @SuppressWarnings("try") // closing may be interrupted, says SimpleManagement
  public List<String> scheduled(String queue) throws Exception {
    List<String> ids = new ArrayList<>();
    if (messageCount(queue) > 0) {
      try (SimpleManagement management = new SimpleManagement(url, username, password).open()) {
        String messages =
            management.simpleManagement(ResourceNames.QUEUE + queue, "listScheduledMessagesAsJSON");
        JSON.readTree(messages)
            .forEach(message -> ids.add(message.path("handfast_duplicate_id").asText()));
      }
    }
    return ids;
  }

  /** All messages of the queue, those in delivery and prepared included; 0 without the queue. */
  public long messageCount(String queue) throws Exception {
    // A query of this one queue: listing all of them fails while the broker removes another.
    return BrokerSession.ask(
        this,
        (session, management) -> {
          QueueQuery found = session.queueQuery(SimpleString.of(queue));
          return found.isExists() ? found.getMessageCount() : 0;
        });
  }

  /** The names of all queues that begin in this way. */
  public List<String> queuesBeginningWith(String prefix) throws Exception {
    List<String> names = new ArrayList<>();
    ManagementHelper.doManagement(
        url,
        username,
        password,
        request -> ManagementHelper.putAttribute(request, ResourceNames.BROKER, "queueNames"),
        reply -> {
          for (Object name : (Object[]) ManagementHelper.getResult(reply)) {
            names.add(String.valueOf(name));
          }
        },
        refusal -> {
          throw new IllegalStateException(String.valueOf(ManagementHelper.getResult(refusal)));
        });
    names.removeIf(name -> !name.startsWith(prefix));
    return names;
  }

  /**
   * The global ids of the transactions that have a branch here which waits, prepared, to be ended.
   */
  public Set<String> preparedTransactions() throws Exception {
    String details =
        BrokerSession.ask(
            this,
            (session, management) ->
                management.simpleManagement(
                    ResourceNames.BROKER, "listPreparedTransactionDetailsAsJSON"));
    Set<String> transactions = new TreeSet<>();
    for (JsonNode branch : JSON.readTree(details)) {
      transactions.add(branch.path("xid_global_txid").asText());
    }
    return transactions;
  }

  /** Creates a durable queue on an address that need not have its name. */
  public void createQueue(String address, String queue, RoutingType routing) throws Exception {
    createQueue(
        QueueConfiguration.of(queue).setAddress(address).setRoutingType(routing).setDurable(true));
  }

  /** Creates a queue. */
  public void createQueue(QueueConfiguration queue) throws Exception {
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
        Connection connection = factory.createConnection(username, password);
        ActiveMQSession session = (ActiveMQSession) connection.createSession()) {
      session.getCoreSession().createQueue(queue);
    }
  }

  /** Settings of all addresses that match, as JSON. */
  @SuppressWarnings("try") // closing may be interrupted, says SimpleManagement
  public void setRules(String match, String settings) throws Exception {
    try (SimpleManagement management = new SimpleManagement(url, username, password).open()) {
      management.simpleManagementVoid(ResourceNames.BROKER, "addAddressSettings", match, settings);
    }
  }

  /** Lets only the role "other" send to these addresses, or create queues there. */
  @SuppressWarnings("try") // closing may be interrupted, says SimpleManagement
  public void setRights(String match, boolean maySend, boolean mayCreate) throws Exception {
    String send = maySend ? "amq" : "other";
    String create = mayCreate ? "amq" : "other";
    try (SimpleManagement management = new SimpleManagement(url, username, password).open()) {
      management.simpleManagementVoid(
          ResourceNames.BROKER,
          "addSecuritySettings",
          match,
          send,
          "amq", // consume
          create,
          "amq", // delete durable queues
          create,
          "amq", // delete other queues
          "amq", // manage
          "amq", // browse
          create, // addresses
          "amq"); // delete addresses
    }
  }

  /** What is read of a message while its connection is open. */
  @FunctionalInterface
  public interface Reading<T> {
    T of(Message message) throws JMSException;
  }

  /** The message that a consumer of a queue gets next, with all that the broker says of it. */
  public Message take(String queue) throws JMSException {
    return take(queue, message -> message);
  }

  /** The same, for a large message, which is not read before it is asked for. */
  public <T> T take(String queue, Reading<T> reading) throws JMSException {
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
        Connection connection = factory.createConnection(username, password)) {
      connection.start();
      Session session = connection.createSession();
      Message next = session.createConsumer(session.createQueue(queue)).receive(10_000);
      if (next == null) {
        throw new AssertionError("no message in " + queue);
      }
      return reading.of(next);
    }
  }

  /** Holds a queue's messages back from its consumers, or goes on handing them out. */
  @SuppressWarnings("try") // closing may be interrupted, says SimpleManagement
  public void setPaused(String queue, boolean isPaused) throws Exception {
    try (SimpleManagement management = new SimpleManagement(url, username, password).open()) {
      management.simpleManagementVoid(ResourceNames.QUEUE + queue, isPaused ? "pause" : "resume");
    }
  }

  /** Commits a prepared branch behind its coordinator's back, as the broker's console can. */
  @SuppressWarnings("try") // closing may be interrupted, says SimpleManagement
  public void commitHeuristically(BranchId branch) throws Exception {
    try (SimpleManagement management = new SimpleManagement(url, username, password).open()) {
      management.simpleManagementVoid(
          ResourceNames.BROKER, "commitPreparedTransaction", XidImpl.toBase64String(branch));
    }
  }

  /** Sends a message in each of these branches, which stay prepared when this returns. */
  public void prepare(String queue, List<BranchId> branches) throws Exception {
    try (ActiveMQXAConnectionFactory factory = new ActiveMQXAConnectionFactory(url);
        XAConnection connection = factory.createXAConnection(username, password)) {
      XASession session = connection.createXASession();
      XAResource resource = session.getXAResource();
      MessageProducer producer = session.createProducer(session.createQueue(queue));
      for (BranchId branch : branches) {
        resource.start(branch, XAResource.TMNOFLAGS);
        producer.send(session.createTextMessage("{}"));
        resource.end(branch, XAResource.TMSUCCESS);
        resource.prepare(branch);
      }
    }
  }

  /** Ends what a failed test has left behind, so that the next one is not blamed for it. */
  public void rollBackPreparedTransactions() throws Exception {
    try (ActiveMQXAConnectionFactory factory = new ActiveMQXAConnectionFactory(url);
        XAConnection connection = factory.createXAConnection(username, password)) {
      XAResource resource = connection.createXASession().getXAResource();
      for (Xid xid : resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)) {
        try {
          resource.rollback(xid);
        } catch (XAException e) { // ended on its own already
          resource.forget(xid);
        }
      }
    }
  }
}
