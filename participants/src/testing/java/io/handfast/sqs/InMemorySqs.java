package io.handfast.sqs;

import io.handfast.message.InMemoryBroker;
import io.handfast.message.MessageLimits;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityResponse;
import software.amazon.awssdk.services.sqs.model.CreateQueueRequest;
import software.amazon.awssdk.services.sqs.model.CreateQueueResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteQueueRequest;
import software.amazon.awssdk.services.sqs.model.DeleteQueueResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlResponse;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;

/**
 * Queues of SQS in memory, behind the interface of its client: the sessions that use it are the
 * real ones.
 *
 * <p>It has no threads: where a caller is ready to wait, its clock goes on. Thread-safe, and calls
 * nothing while it holds its lock.
 */
public final class InMemorySqs implements SqsClient {

  /** Between two looks of a long poll. */
  private static final long A_LOOK = 250;

  private static final String URL = "memory://queues/";

  private final Consumer<String> steps;
  private final InMemoryBroker.Time time;
  private final Map<String, InMemorySqsQueue> queues = new TreeMap<>();
  private final Map<String, Integer> unanswered = new HashMap<>();

  /**
   * One without queues.
   *
   * @param steps is told of each request before it has an effect, and of what a lease has become
   */
  public InMemorySqs(Consumer<String> steps, InMemoryBroker.Time time) {
    this.steps = steps;
    this.time = time;
  }

  /** Sources behind a client, which may be a way to this one. */
  public static SqsQueues queues(SqsClient way, MessageLimits limits, Duration lease, Clock clock) {
    return new SqsQueues(() -> way, "memory", new RequestCount(), limits, lease, clock);
  }

  /** Loses the replies of the next requests of a kind, such as {@code receive}. */
  public synchronized void losesReplies(String request, int count) {
    unanswered.put(request, count);
  }

  /** The bodies of all messages that a queue has, in flight or not, in order. */
  public synchronized List<String> left(String queue) {
    InMemorySqsQueue known = queues.get(queue);
    return known == null ? List.of() : known.bodies();
  }

  /** Makes a request, and loses its reply where that is asked for. */
  private <T> T request(String kind, Function<Long, T> effect) {
    steps.accept(kind);
    T reply = effect.apply(time.millis());
    synchronized (this) {
      int left = unanswered.getOrDefault(kind, 0);
      if (left > 0) {
        unanswered.put(kind, left - 1);
        throw SdkClientException.create("the reply is lost");
      }
    }
    return reply;
  }

  private synchronized InMemorySqsQueue queue(String url) {
    InMemorySqsQueue queue = queues.get(url.substring(url.lastIndexOf('/') + 1));
    if (queue == null) {
      throw QueueDoesNotExistException.builder()
          .awsErrorDetails(details("QueueDoesNotExist", "no such queue"))
          .message("no such queue")
          .build();
    }
    return queue;
  }

  private static AwsErrorDetails details(String code, String words) {
    return AwsErrorDetails.builder().errorCode(code).errorMessage(words).build();
  }

  static SqsException refused(String code, String words) {
    return (SqsException)
        SqsException.builder().awsErrorDetails(details(code, words)).message(words).build();
  }

  @Override
  public CreateQueueResponse createQueue(CreateQueueRequest request) {
    String name = request.queueName();
    return request(
        "create",
        now -> {
          synchronized (this) {
            queues.putIfAbsent(
                name, new InMemorySqsQueue(name, request.attributesAsStrings(), queues::get));
          }
          return CreateQueueResponse.builder().queueUrl(URL + name).build();
        });
  }

  @Override
  public DeleteQueueResponse deleteQueue(DeleteQueueRequest request) {
    return request(
        "drop",
        now -> {
          queue(request.queueUrl());
          synchronized (this) {
            queues.remove(SqsCalls.nameOf(request.queueUrl()));
          }
          return DeleteQueueResponse.builder().build();
        });
  }

  @Override
  public GetQueueUrlResponse getQueueUrl(GetQueueUrlRequest request) {
    return request(
        "url",
        now -> {
          queue(URL + request.queueName());
          return GetQueueUrlResponse.builder().queueUrl(URL + request.queueName()).build();
        });
  }

  @Override
  public GetQueueAttributesResponse getQueueAttributes(GetQueueAttributesRequest request) {
    return request(
        "attributes",
        now -> {
          InMemorySqsQueue queue = queue(request.queueUrl());
          synchronized (this) {
            return GetQueueAttributesResponse.builder()
                .attributesWithStrings(queue.attributes(now))
                .build();
          }
        });
  }

  @Override
  public SendMessageResponse sendMessage(SendMessageRequest request) {
    return request(
        "send",
        now -> {
          InMemorySqsQueue queue = queue(request.queueUrl());
          synchronized (this) {
            return SendMessageResponse.builder().messageId(queue.send(request, now)).build();
          }
        });
  }

  @Override
  public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
    long end =
        time.millis()
            + 1_000L * (request.waitTimeSeconds() == null ? 0 : request.waitTimeSeconds());
    return request(
        "receive",
        asked -> {
          ReceiveMessageResponse found = receiveNow(request, asked);
          for (long now = asked; !found.hasMessages() && now < end; now = time.millis()) {
            time.passUntil(Math.min(end, now + A_LOOK));
            found = receiveNow(request, time.millis());
          }
          return found;
        });
  }

  private ReceiveMessageResponse receiveNow(ReceiveMessageRequest request, long now) {
    InMemorySqsQueue queue = queue(request.queueUrl());
    synchronized (this) {
      ReceiveMessageResponse.Builder response = ReceiveMessageResponse.builder();
      var found = queue.receive(request, now);
      return found.isEmpty() ? response.build() : response.messages(found).build();
    }
  }

  @Override
  public DeleteMessageBatchResponse deleteMessageBatch(DeleteMessageBatchRequest request) {
    return request(
        "delete",
        now -> {
          InMemorySqsQueue queue = queue(request.queueUrl());
          requireBatch(request.entries().size());
          List<BatchResultErrorEntry> failed = new ArrayList<>();
          synchronized (this) {
            request
                .entries()
                .forEach(
                    entry -> add(failed, entry.id(), queue.delete(entry.receiptHandle(), now)));
          }
          return DeleteMessageBatchResponse.builder().failed(failed).build();
        });
  }

  @Override
  public ChangeMessageVisibilityBatchResponse changeMessageVisibilityBatch(
      ChangeMessageVisibilityBatchRequest request) {
    return request(
        "visibility",
        now -> {
          InMemorySqsQueue queue = queue(request.queueUrl());
          requireBatch(request.entries().size());
          List<BatchResultErrorEntry> failed = new ArrayList<>();
          synchronized (this) {
            request
                .entries()
                .forEach(
                    entry ->
                        add(
                            failed,
                            entry.id(),
                            queue.hide(entry.receiptHandle(), entry.visibilityTimeout(), now)));
          }
          boolean isGivenBack = request.entries().get(0).visibilityTimeout() == 0;
          steps.accept(isGivenBack ? "given back" : "leased");
          return ChangeMessageVisibilityBatchResponse.builder().failed(failed).build();
        });
  }

  @Override
  public ChangeMessageVisibilityResponse changeMessageVisibility(
      ChangeMessageVisibilityRequest request) {
    return request(
        "visibility",
        now -> {
          InMemorySqsQueue queue = queue(request.queueUrl());
          synchronized (this) {
            String problem = queue.hide(request.receiptHandle(), request.visibilityTimeout(), now);
            if (problem != null) {
              throw refused("InvalidParameterValue", problem);
            }
          }
          return ChangeMessageVisibilityResponse.builder().build();
        });
  }

  private static void requireBatch(int size) {
    if (size == 0 || size > SqsCalls.BATCH) {
      throw refused("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "not 1 to 10");
    }
  }

  private static void add(List<BatchResultErrorEntry> failed, String id, @Nullable String problem) {
    if (problem != null) {
      failed.add(
          BatchResultErrorEntry.builder()
              .id(id)
              .senderFault(true)
              .code("ReceiptHandleIsInvalid")
              .message(problem)
              .build());
    }
  }

  @Override
  public String serviceName() {
    return "sqs";
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
