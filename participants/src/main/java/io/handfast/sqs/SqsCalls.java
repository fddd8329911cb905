package io.handfast.sqs;

import io.handfast.message.BrokerException;
import io.handfast.message.TargetRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;

/**
 * The requests to SQS that sessions make, each bounded in time. Thread-safe.
 *
 * <p>The SDK repeats a request whose answer did not come, and one that was throttled. All of these
 * may be repeated: a deletion of what is deleted succeeds, and a receive carries an id.
 */
final class SqsCalls {

  /** What SQS takes, and gives, in one request. */
  static final int BATCH = 10;

  private static final Duration ATTEMPT = Duration.ofSeconds(5);
  private static final Duration CALL = Duration.ofSeconds(12);

  /**
   * A message that a request was about, and what SQS says where it failed.
   *
   * @param receipt the message's
   * @param isEnded whether it is another's by now
   */
  record Failed(String receipt, String reason, boolean isEnded) {}

  private final SqsClient client;
  private final SqsFailures failures;

  SqsCalls(SqsClient client, SqsFailures failures) {
    this.client = client;
    this.failures = failures;
  }

  private <T> T call(String action, String queue, Supplier<T> request) throws BrokerException {
    try {
      return request.get();
    } catch (RuntimeException e) {
      throw failures.of(e, action, queue);
    }
  }

  private static AwsRequestOverrideConfiguration bounds(Duration wait) {
    return AwsRequestOverrideConfiguration.builder()
        .apiCallAttemptTimeout(ATTEMPT.plus(wait))
        .apiCallTimeout(CALL.plus(wait))
        .build();
  }

  /**
   * The URL of a queue, which may be named by its URL or its ARN.
   *
   * @throws TargetRefusedException there is none
   */
  String urlOf(String queue) throws BrokerException {
    if (queue.contains("://")) {
      return queue;
    }
    String[] parts = queue.split(":"); // arn:aws:sqs:region:account:name
    @Nullable String account = parts.length == 6 ? parts[4] : null;
    String name = nameOf(queue);
    return call(
        "GetQueueUrl",
        queue,
        () ->
            client
                .getQueueUrl(
                    request ->
                        request
                            .queueName(name)
                            .queueOwnerAWSAccountId(account)
                            .overrideConfiguration(bounds(Duration.ZERO)))
                .queueUrl());
  }

  /** The name in a name, a URL or an ARN. */
  static String nameOf(String queue) {
    return queue.substring(Math.max(queue.lastIndexOf('/'), queue.lastIndexOf(':')) + 1);
  }

  Map<QueueAttributeName, String> attributes(String url, String queue) throws BrokerException {
    return call(
        "GetQueueAttributes",
        queue,
        () ->
            client
                .getQueueAttributes(
                    request ->
                        request
                            .queueUrl(url)
                            .attributeNames(QueueAttributeName.ALL)
                            .overrideConfiguration(bounds(Duration.ZERO)))
                .attributes());
  }

  /**
   * Asks for messages.
   *
   * @param wait how long SQS waits for the first one, in whole seconds
   * @param lease how long they are the caller's
   * @param attempt tells a repeated request from a new one, in queues that keep an order: SQS gives
   *     the same messages again
   */
  List<Message> receive(SqsQueue queue, int max, Duration wait, Duration lease, String attempt)
      throws BrokerException {
    ReceiveMessageRequest.Builder request =
        ReceiveMessageRequest.builder()
            .queueUrl(queue.url())
            .maxNumberOfMessages(Math.min(BATCH, max))
            .waitTimeSeconds(seconds(wait))
            .visibilityTimeout(seconds(lease))
            .messageAttributeNames("All")
            .messageSystemAttributeNames(MessageSystemAttributeName.ALL)
            .overrideConfiguration(bounds(wait));
    if (queue.isOrdered()) {
      request.receiveRequestAttemptId(attempt);
    }
    return call(
        "ReceiveMessage", queue.name(), () -> client.receiveMessage(request.build()).messages());
  }

  static int seconds(Duration time) {
    return Math.toIntExact(time.toSeconds());
  }

  /** Deletes messages, ten at most; returns those that were not. */
  List<Failed> delete(SqsQueue queue, List<String> receipts) throws BrokerException {
    List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>();
    for (String receipt : receipts) {
      entries.add(
          DeleteMessageBatchRequestEntry.builder()
              .id(String.valueOf(entries.size()))
              .receiptHandle(receipt)
              .build());
    }
    return failed(
        receipts,
        call(
            "DeleteMessage",
            queue.name(),
            () ->
                client
                    .deleteMessageBatch(
                        request ->
                            request
                                .queueUrl(queue.url())
                                .entries(entries)
                                .overrideConfiguration(bounds(Duration.ZERO)))
                    .failed()));
  }

  /** Leases messages for a time from now on, ten at most; returns those where that failed. */
  List<Failed> lease(SqsQueue queue, List<String> receipts, List<Duration> times)
      throws BrokerException {
    List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>();
    for (String receipt : receipts) {
      entries.add(
          ChangeMessageVisibilityBatchRequestEntry.builder()
              .id(String.valueOf(entries.size()))
              .receiptHandle(receipt)
              .visibilityTimeout(seconds(times.get(entries.size())))
              .build());
    }
    return failed(
        receipts,
        call(
            "ChangeMessageVisibility",
            queue.name(),
            () ->
                client
                    .changeMessageVisibilityBatch(
                        request ->
                            request
                                .queueUrl(queue.url())
                                .entries(entries)
                                .overrideConfiguration(bounds(Duration.ZERO)))
                    .failed()));
  }

  private static List<Failed> failed(List<String> receipts, List<BatchResultErrorEntry> entries) {
    return entries.stream()
        .map(
            entry ->
                new Failed(
                    receipts.get(Integer.parseInt(entry.id())),
                    "%s: %s".formatted(entry.code(), entry.message()),
                    SqsFailures.isLeaseEnded(entry.code(), entry.message())))
        .toList();
  }
}
