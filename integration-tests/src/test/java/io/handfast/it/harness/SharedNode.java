package io.handfast.it.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * A coordinator that many tests ask, on the shared broker and a database of its own: one for all
 * classes that need nothing special of it, or one for a class with settings of its own. It is
 * started when the first test asks for it.
 *
 * <p>For tests that do not harm the process: each has names of its own, and the deliveries that it
 * leaves are deleted after it. A coordinator that a test has ended is started again for the next
 * one. Register it in a static field; what kills processes registers a {@link Scene} instead.
 */
public final class SharedNode
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        TestExecutionExceptionHandler {
  private static final AtomicInteger TESTS = new AtomicInteger();

  /** What it stands on. */
  private enum Kind {
    SHARED,
    EMBEDDED,
    SQS
  }

  private final String key;
  private final UnaryOperator<RunnerConfiguration> settings;
  private final Kind kind;
  private String testClass;
  private String unique;
  private SharedProcess process;

  /** The coordinator of all classes. */
  public SharedNode() {
    this("first", UnaryOperator.identity(), Kind.SHARED);
  }

  /** A coordinator with settings of the class. */
  public SharedNode(UnaryOperator<RunnerConfiguration> settings) {
    this("", settings, Kind.SHARED);
  }

  private SharedNode(String key, UnaryOperator<RunnerConfiguration> settings, Kind kind) {
    this.key = key;
    this.settings = settings;
    this.kind = kind;
  }

  /**
   * A coordinator of the class that brings its own broker and database, with settings of the class.
   * What its tests leave there stays.
   */
  public static SharedNode embedded(UnaryOperator<RunnerConfiguration> settings) {
    return new SharedNode("", settings, Kind.EMBEDDED);
  }

  /** A coordinator of the class without a broker, on the shared server of SQS' protocol. */
  public static SharedNode ofSqs() {
    return new SharedNode("", UnaryOperator.identity(), Kind.SQS);
  }

  /** A second coordinator of all classes, on the same broker and the same database. */
  public static SharedNode second() {
    return new SharedNode("second", UnaryOperator.identity(), Kind.SHARED);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    testClass = context.getRequiredTestClass().getName();
    nextName();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    nextName();
  }

  private synchronized void nextName() {
    process = null;
    unique = "t" + TESTS.incrementAndGet();
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    SharedProcess started = SharedProcess.ifStarted(key());
    if (failure instanceof TestAbortedException || started == null) { // an assumption, no failure
      throw failure;
    }
    throw new AssertionError(failure.getMessage() + "\n" + started.node().account(), failure);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    SharedProcess started = SharedProcess.ifStarted(key());
    if (started != null && context.getExecutionException().isPresent()) {
      // What it had sent last may still reach the broker: the next test gets others.
      SharedProcess.discard(key(), true);
      Scene.discardSharedArtemis();
    } else if (started != null && started.node().isAlive() && kind != Kind.EMBEDDED) {
      leaveNothing(started.node().wire());
    }
  }

  /** A delivery waits a while for what is in the hands of clients before it is deleted. */
  private static void leaveNothing(Wire wire) {
    for (JsonNode open : wire.get("/v1/transactions").json().path("transactions")) {
      wire.rollback(open.path("id").asText());
    }
    for (JsonNode delivery : wire.deliveries().json()) {
      String name = delivery.path("name").asText();
      if (wire.deleteDelivery(name).status() != 204) { // its subscription may be in use
        wire.deleteDeliveryAndKeepSubscription(name);
      }
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (key.isEmpty()) {
      SharedProcess.discard(key(), false);
    }
  }

  private String key() {
    return key.isEmpty() ? testClass : key;
  }

  /** Ready at the first use in a test; what the test does to it then stays done. */
  private synchronized SharedProcess process() {
    if (process == null) {
      try {
        process = started();
        process.handBack();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
    return process;
  }

  private SharedProcess started() throws SQLException {
    return switch (kind) {
      case SHARED -> SharedProcess.of(key(), settings);
      case EMBEDDED -> SharedProcess.embedded(key(), settings);
      case SQS -> SharedProcess.ofSqs(key());
    };
  }

  /** The coordinator, ready unless this test has ended it. */
  public synchronized RunnerProcess node() {
    return process().ready();
  }

  /** Its API. */
  public Wire wire() {
    return node().wire();
  }

  /** Its database. */
  public Database database() {
    return process().database();
  }

  /** The Kafka that all tests of this process share, running, for the settings of a class. */
  public static KafkaProcess kafka() {
    return Scene.sharedKafka();
  }

  /** The shared server of SQS' protocol, running. */
  public ElasticMqProcess sqs() {
    return Scene.sharedSqs();
  }

  /** The shared broker, running. */
  public ArtemisProcess artemis() {
    return Scene.sharedArtemis();
  }

  /** A word that no other test uses, in lower case: for queues, tables and deliveries. */
  public String unique() {
    return unique;
  }

  /** A table of this test, by its {@link #unique} name. */
  public OrdersTable createTable() throws SQLException {
    return OrdersTable.create(database(), unique);
  }

  /** Looks at the queue of the {@link #unique} name and at a table. */
  public Auditor auditor(OrdersTable table) {
    return new Auditor(artemis().address(), table, unique);
  }
}
