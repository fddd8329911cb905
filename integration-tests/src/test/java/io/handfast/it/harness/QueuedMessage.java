package io.handfast.it.harness;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A message seen in a queue, with its headers as text. */
public record QueuedMessage(String body, Map<String, String> headers) {

  static QueuedMessage of(Message message) throws JMSException {
    Map<String, String> headers = new TreeMap<>();
    Enumeration<?> names = message.getPropertyNames();
    while (names.hasMoreElements()) {
      String name = (String) names.nextElement();
      headers.put(name, String.valueOf(message.getObjectProperty(name)));
    }
    return new QueuedMessage(message.getBody(String.class), headers);
  }

  /** The values of the headers whose names speak of a cause. */
  public List<String> causes() {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().toLowerCase().contains("cause"))
        .map(Map.Entry::getValue)
        .toList();
  }
}
