package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Reads what a client that asks for messages is answered, and refuses some of it. */
public final class Pulled {

  private Pulled() {}

  private static JsonNode json(Answer pulled) {
    assertThat(pulled.status()).as(pulled.text()).isEqualTo(200);
    return pulled.json();
  }

  public static String transaction(Answer pulled) {
    return json(pulled).path("transaction").asText();
  }

  public static JsonNode message(Answer pulled, int index) {
    return json(pulled).path("messages").path(index);
  }

  public static List<String> bodies(Answer pulled) {
    List<String> bodies = new ArrayList<>();
    json(pulled).path("messages").forEach(message -> bodies.add(message.path("body").asText()));
    return bodies;
  }

  /** The numbers of the orders that it has. */
  public static List<Long> ids(Answer pulled) {
    return bodies(pulled).stream().map(Orders::idOf).toList();
  }

  public static void refuse(Wire wire, Answer pulled, int index) {
    String message = message(pulled, index).path("id").asText();
    Answer refused = wire.refuse(transaction(pulled), message, "out of stock");
    assertThat(refused.status()).as(refused.text()).isEqualTo(200);
  }
}
