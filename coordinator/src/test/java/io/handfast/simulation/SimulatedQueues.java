package io.handfast.simulation;

import io.handfast.sqs.InMemorySqs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** One process' way to queues that lease their messages: each request goes through the network. */
final class SimulatedQueues {

  private static final Map<String, String> REQUESTS =
      Map.of(
          "receiveMessage", "receive",
          "deleteMessageBatch", "delete",
          "changeMessageVisibilityBatch", "visibility",
          "changeMessageVisibility", "visibility",
          "getQueueUrl", "url",
          "getQueueAttributes", "attributes");

  /** A request has a connection of its own. */
  private static final Connection NONE =
      new Connection() {

        @Override
        public void cut() {}

        @Override
        public void leave() {}
      };

  private SimulatedQueues() {}

  static SqsClient way(InMemorySqs queues, SimulatedProcess process, Network network) {
    return (SqsClient)
        Proxy.newProxyInstance(
            SqsClient.class.getClassLoader(),
            new Class<?>[] {SqsClient.class},
            (proxy, method, arguments) -> {
              String request = REQUESTS.get(method.getName());
              if (request == null) {
                return answer(queues, method, arguments);
              }
              try {
                return network.call(
                    process, "sqs", request, NONE, () -> answer(queues, method, arguments));
              } catch (LostCallException e) {
                throw SdkClientException.create(String.valueOf(e.getMessage()), e);
              }
            });
  }

  private static Object answer(InMemorySqs queues, Method method, @Nullable Object[] arguments)
      throws Exception {
    try {
      return method.invoke(queues, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
