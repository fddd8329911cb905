package io.handfast.artemis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.message.TargetRefusedException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSession.AddressQuery;
import org.apache.activemq.artemis.api.core.client.ClientSession.QueueQuery;
import org.junit.jupiter.api.Test;

class TargetQueuesTest {

  private static final SimpleString ORDERS = SimpleString.of("orders");

  private int looks;

  @Test
  void aQueueThatAnotherClientCreatesBetweenTwoLooksIsFound() throws Exception {
    TargetQueues targets = new TargetQueues(address -> null);

    TargetQueue target = targets.find(brokerWhereTheAddressHas(ORDERS), "orders");

    assertThat(target.qualified().toString()).isEqualTo("orders::orders");
    assertThat(looks).isEqualTo(2);
  }

  @Test
  void anAddressOfOtherQueuesIsRefused() {
    TargetQueues targets = new TargetQueues(address -> null);
    ClientSession session = brokerWhereTheAddressHas(SimpleString.of("audit"));

    assertThatThrownBy(() -> targets.find(session, "orders"))
        .isInstanceOf(TargetRefusedException.class)
        .hasMessageContaining("an address whose queues are [audit]");
  }

  /** The queue is there at the second look only. */
  private ClientSession brokerWhereTheAddressHas(SimpleString queue) {
    AddressQuery address =
        fake(AddressQuery.class, Map.of("isExists", true, "getQueueNames", List.of(queue)));
    return (ClientSession)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ClientSession.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "addressQuery" -> address;
                  case "queueQuery" -> queueIf(++looks > 1);
                  default -> throw new IllegalStateException(method.getName());
                });
  }

  private static QueueQuery queueIf(boolean exists) {
    return fake(
        QueueQuery.class,
        Map.of(
            "isExists",
            exists,
            "getAddress",
            ORDERS,
            "getRoutingType",
            RoutingType.ANYCAST,
            "isPurgeOnNoConsumers",
            false));
  }

  private static <T> T fake(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answers.get(method.getName())));
  }
}
