package io.handfast.message;

import jakarta.jms.JMSException;
import jakarta.jms.TextMessage;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Messages as a session receives them, without a broker. */
public final class FakeMessages {

  private FakeMessages() {}

  /** A message in hand. */
  public static ReceivedMessage received(String id, Map<String, Object> properties) {
    return received(id, properties, false);
  }

  /** A message in hand, whether or not it had been in somebody's hand before. */
  public static ReceivedMessage received(
      String id, Map<String, Object> properties, boolean isRedelivered) {
    try {
      return ReceivedMessage.of(text(id, "{}", properties, isRedelivered));
    } catch (JMSException e) {
      throw new IllegalStateException(e);
    }
  }

  static TextMessage text(
      String id, String body, Map<String, Object> properties, boolean isRedelivered) {
    Map<String, Object> own = new LinkedHashMap<>(properties);
    return (TextMessage)
        Proxy.newProxyInstance(
            TextMessage.class.getClassLoader(),
            new Class<?>[] {TextMessage.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getText" -> body;
                  case "getJMSMessageID" -> id;
                  case "getJMSRedelivered" -> isRedelivered;
                  case "getPropertyNames" -> Collections.enumeration(own.keySet());
                  case "getObjectProperty" -> own.get(String.valueOf(arguments[0]));
                  case "setObjectProperty" -> own.put(String.valueOf(arguments[0]), arguments[1]);
                  case "getJMSExpiration" -> 0L;
                  case "getJMSDeliveryMode", "getJMSPriority" -> 4;
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "toString" -> "message " + id;
                  default -> null;
                });
  }
}
