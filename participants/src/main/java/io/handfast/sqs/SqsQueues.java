package io.handfast.sqs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handfast.message.BrokerException;
import io.handfast.message.ByteBudget;
import io.handfast.message.LeaseBound;
import io.handfast.message.LeasedQueue;
import io.handfast.message.MessageLimits;
import io.handfast.message.Prefetch;
import io.handfast.message.SourceCapabilities;
import io.handfast.message.SourceCapabilities.Capability;
import io.handfast.message.SourceConnector;
import io.handfast.message.SourceSession;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * The queues of Amazon SQS as sources. Safe for use by many threads.
 *
 * <p>The client is made with the first session: a node without such a delivery pays nothing for it.
 */
public final class SqsQueues implements SourceConnector, AutoCloseable {

  private static final SourceCapabilities CAPABILITIES =
      SourceCapabilities.of("sqs", Capability.GROUPS, Capability.LEASES);

  /** Short, since that of a killed process ends by itself; longer ones are extended. */
  private static final Duration LEASE = Duration.ofSeconds(30);

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** Longer than SQS waits for a message; each request has a bound of its own. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private static final JsonMapper JSON = new JsonMapper();

  private final Supplier<SqsClient> clients;
  private final SqsFailures failures;
  private final RequestCount requests;
  private final Duration lease;
  private final ByteBudget inFlight;
  private final long unit;
  private final Clock clock;
  private @Nullable Opened opened;

  private record Opened(SqsClient client, SqsShared shared) {}

  /**
   * Connects to nothing yet.
   *
   * @param clock gives messages the times at which they were asked for
   */
  public SqsQueues(SqsSettings settings, MessageLimits limits, Clock clock) {
    this(settings, limits, clock, new RequestCount());
  }

  private SqsQueues(
      SqsSettings settings, MessageLimits limits, Clock clock, RequestCount requests) {
    this(() -> client(settings, requests), settings.place(), requests, limits, LEASE, clock);
  }

  /** Queues behind another client. */
  SqsQueues(
      Supplier<SqsClient> clients,
      String place,
      RequestCount requests,
      MessageLimits limits,
      Duration lease,
      Clock clock) {
    this.clients = clients;
    this.failures = new SqsFailures(place);
    this.requests = requests;
    this.lease = lease;
    this.inFlight = new ByteBudget(limits.inFlight());
    this.unit = limits.unit();
    this.clock = clock;
  }

  static SqsClient client(SqsSettings settings, RequestCount requests) {
    SqsClientBuilder builder =
        SqsClient.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE))
            .overrideConfiguration(
                to -> to.retryStrategy(RetryMode.STANDARD).addExecutionInterceptor(requests));
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint());
    }
    if (settings.region() != null) {
      builder.region(Region.of(settings.region()));
    }
    return builder.build();
  }

  private synchronized Opened open() throws BrokerException {
    Opened known = opened;
    if (known == null) {
      try {
        SqsClient client = clients.get();
        SqsCalls calls = new SqsCalls(client, failures);
        known =
            new Opened(
                client, new SqsShared(calls, new LeaseKeeper(lease), lease, inFlight, unit, clock));
      } catch (RuntimeException e) { // such as a region that nothing names
        throw failures.of(e, "no request", "");
      }
      opened = known;
    }
    return known;
  }

  @Override
  public SourceCapabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public @Nullable String selectorProblem(String selector) {
    return "a queue of SQS has none: a message that is not wanted must be deleted";
  }

  @Override
  public SourceSession openLocal(Prefetch intake) throws BrokerException {
    return new SqsSession(open().shared(), intake);
  }

  @Override
  public SourceSession openXa(Prefetch intake) {
    throw new UnsupportedOperationException("SQS has no branches");
  }

  /** SQS extends no lease past its longest; the last extension, and the end, need time as well. */
  @Override
  public Optional<LeaseBound> leaseBound() {
    Duration free = lease.multipliedBy(2);
    return Optional.of(
        new LeaseBound(
            Leases.LONGEST.minus(free),
            "SQS leases a message for %s at most from its receive on, and %s are kept free"
                .formatted(Leases.LONGEST, free)));
  }

  @Override
  public LeasedQueue leasedQueue(String queue) throws BrokerException {
    SqsCalls calls = open().shared().calls();
    Map<QueueAttributeName, String> attributes = calls.attributes(calls.urlOf(queue), queue);
    JsonNode redrive = redrive(attributes.getOrDefault(QueueAttributeName.REDRIVE_POLICY, "{}"));
    String target = redrive.path("deadLetterTargetArn").asText();
    return new LeasedQueue(
        number(attributes, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES),
        number(attributes, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE),
        number(attributes, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED),
        SqsQueue.isOrdered(SqsCalls.nameOf(queue)),
        redrive.path("maxReceiveCount").asInt(),
        target.isEmpty() ? null : SqsCalls.nameOf(target));
  }

  private static JsonNode redrive(String policy) {
    try {
      return JSON.readTree(policy);
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode(); // none that this version can read
    }
  }

  private static long number(Map<QueueAttributeName, String> attributes, QueueAttributeName name) {
    return Long.parseLong(attributes.getOrDefault(name, "0"));
  }

  @Override
  public Map<String, Long> requests() {
    return requests.soFar();
  }

  /** Closes what all sessions share; they are closed before. */
  @Override
  public synchronized void close() {
    if (opened != null) {
      opened.shared().keeper().close();
      opened.client().close();
      opened = null;
    }
  }
}
