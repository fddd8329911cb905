package io.handfast.sqs;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/** Counts the requests that go to SQS, which bills each: repeated ones of the SDK too. */
final class RequestCount implements ExecutionInterceptor {

  private static final Map<String, String> KINDS =
      Map.of(
          "ReceiveMessage", "receive",
          "DeleteMessageBatch", "delete",
          "ChangeMessageVisibilityBatch", "visibility",
          "GetQueueAttributes", "attributes",
          "GetQueueUrl", "url");

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  @Override
  public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes about) {
    String operation = about.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
    add(String.valueOf(KINDS.get(operation)));
  }

  private void add(String kind) {
    counts.computeIfAbsent(kind, any -> new LongAdder()).increment();
  }

  /** So far, by kind. */
  Map<String, Long> soFar() {
    Map<String, Long> all = new TreeMap<>();
    counts.forEach((kind, count) -> all.put(kind, count.sum()));
    return all;
  }
}
