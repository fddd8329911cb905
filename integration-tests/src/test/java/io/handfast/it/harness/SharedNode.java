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
 * One coordinator for all tests of a class, on the shared broker and a database of the class.
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
  private static final AtomicInteger CLASSES = new AtomicInteger();

  private final UnaryOperator<RunnerConfiguration> settings;
  private ExtensionContext context;
  private RunnerProcess node;
  private Database database;
  private String classWide;
  private int tests;
  private boolean hasFailed;

  /** A coordinator with the configuration of {@link Scene#external}. */
  public SharedNode() {
    this(UnaryOperator.identity());
  }

  /** The same with settings of the class. */
  public SharedNode(UnaryOperator<RunnerConfiguration> settings) {
    this.settings = settings;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws SQLException {
    this.context = context;
    classWide = "shared" + CLASSES.incrementAndGet();
    database = Scene.sharedPostgres(context).createDatabase(classWide);
    RunnerConfiguration configuration =
        new RunnerConfiguration()
            .set("handfast.node", classWide)
            .broker(artemis().address())
            .database(database);
    node =
        new RunnerProcess(
            Directories.work(classWide),
            Directories.log(context.getRequiredTestClass().getSimpleName(), "node"),
            settings.apply(configuration));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    tests++;
    if (!node.isAlive()) {
      node.start();
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    if (failure instanceof TestAbortedException) { // an assumption, not a failure
      throw failure;
    }
    hasFailed = true;
    throw new AssertionError(failure.getMessage() + "\n" + node.account(), failure);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (node.isAlive() && context.getExecutionException().isEmpty()) {
      for (JsonNode delivery : node.wire().deliveries().json()) {
        node.wire().deleteDelivery(delivery.path("name").asText());
      }
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (node.isAlive()) {
      node.kill9();
    }
    if (hasFailed) {
      // What the killed one had sent last may still reach the broker: the next class gets another.
      Scene.discardShared(context, ArtemisProcess.class);
    } else {
      Directories.delete(node.directory());
    }
  }

  /** The coordinator, ready. */
  public RunnerProcess node() {
    return node;
  }

  /** Its API. */
  public Wire wire() {
    return node.wire();
  }

  /** The database of the class. */
  public Database database() {
    return database;
  }

  /** The shared broker, running. */
  public ArtemisProcess artemis() {
    return Scene.sharedArtemis(context);
  }

  /** A word that no other test uses, in lower case: for queues, tables and deliveries. */
  public String unique() {
    return classWide + "t" + tests;
  }
}
