package io.handfast.it.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The messages that the tests send: numbered, so that each can be accounted for. */
public record Orders(long first, long last) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Orders 1 to n. */
  public static Orders upTo(long n) {
    return new Orders(1, n);
  }

  public static String json(long id) {
    return json(id, id % 10);
  }

  /** An order of a quantity; {@link OrdersTable} takes none that is negative. */
  public static String json(long id, long quantity) {
    return "{\"id\":%d,\"item\":\"item %d\",\"qty\":%d}".formatted(id, id, quantity);
  }

  public static long idOf(String body) {
    try {
      return JSON.readTree(body).path("id").asLong();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not an order: " + body, e);
    }
  }

  public List<Long> ids() {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  public List<String> bodies() {
    return LongStream.rangeClosed(first, last).mapToObj(Orders::json).toList();
  }

  public String ndjson() {
    return bodies().stream().collect(Collectors.joining("\n", "", "\n"));
  }
}
