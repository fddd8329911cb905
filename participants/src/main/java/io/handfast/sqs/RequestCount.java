package io.handfast.sqs;

import java.util.Map;
import java.util.TreeMap;
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
          "ChangeMessageVisibilityBatch", "change-visibility",
          "GetQueueAttributes", "attributes",
          "GetQueueUrl", "url");

  /** Of a request that no other kind is the name of. */
  private static final String OTHER = "other";

  private final Map<String, LongAdder> counts = new TreeMap<>();

  RequestCount() {
    KINDS.values().forEach(kind -> counts.put(kind, new LongAdder()));
    counts.put(OTHER, new LongAdder());
  }

  @Override
  public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes about) {
    String operation = about.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
    counts.get(KINDS.getOrDefault(String.valueOf(operation), OTHER)).increment();
  }

  /** So far, by kind; each kind is there. */
  Map<String, Long> soFar() {
    Map<String, Long> all = new TreeMap<>();
    counts.forEach((kind, count) -> all.put(kind, count.sum()));
    return all;
  }
}
