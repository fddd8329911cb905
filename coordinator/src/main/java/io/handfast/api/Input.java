package io.handfast.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.coordination.ClientTransactions;
import io.handfast.input.BrokerName;
import io.handfast.input.JsonFields;
import io.handfast.input.Violation;
import io.handfast.message.LeaseBound;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Request bodies and query parameters, read strictly, with every violation found at once. */
final class Input {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private Input() {}

  /** Well-formed JSON and nothing behind it; an empty body is an empty object. */
  static JsonNode json(ObjectMapper json, @Nullable String body) throws JsonProcessingException {
    if (body == null || body.isBlank()) {
      return json.createObjectNode();
    }
    return json.reader()
        .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS) // 1e400 is a number, not infinity
        .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .readTree(body);
  }

  /** Reads fields, and refuses the request where anything is wrong with them. */
  static <T> T fields(JsonNode body, Function<JsonFields, T> reader) {
    List<Violation> violations = new ArrayList<>();
    T read = reader.apply(new JsonFields(body, "", violations));
    if (!violations.isEmpty()) {
      throw ProblemException.invalidRequest(violations);
    }
    return read;
  }

  /** Query parameters as an object, so that they are read like a body. */
  static ObjectNode query(@Nullable String... namesAndValues) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i + 1] != null) {
        object.put(namesAndValues[i], namesAndValues[i + 1]);
      }
    }
    return object;
  }

  /** True or false, as a query says it; false where it says nothing. */
  static boolean flag(JsonFields fields, String member) {
    String flag = fields.text(member);
    if (flag != null && !flag.equals("true") && !flag.equals("false")) {
      fields.reject(member, "true or false");
    }
    return "true".equals(flag);
  }

  /** A lease: the usual one where none is given, and none that is longer than its bound. */
  static Duration lease(
      JsonFields fields,
      String member,
      ClientTransactions transactions,
      @Nullable LeaseBound bound) {
    Duration lease = fields.duration(member, transactions.lease(), transactions.longestLease());
    if (bound == null || lease.compareTo(bound.longest()) <= 0) {
      return lease;
    }
    if (fields.has(member)) {
      fields.reject(
          member,
          "a duration up to %s for messages of this source: %s"
              .formatted(bound.longest(), bound.reason()));
    }
    return bound.longest();
  }

  /** The name of a queue, which must be given. */
  static String queue(JsonFields fields, String member) {
    String queue = fields.requiredText(member);
    if (queue != null && !BrokerName.isValid(queue)) {
      fields.reject(member, BrokerName.RULE);
    }
    return String.valueOf(queue);
  }

  /** The name of a queue in a path. */
  static String queue(String queue) {
    if (!BrokerName.isValid(queue)) {
      throw ProblemException.invalidRequest(
          List.of(new Violation("queue", queue, BrokerName.RULE)));
    }
    return queue;
  }

  /** An id that a client chose, or null. */
  static @Nullable String chosenId(JsonFields fields, String member) {
    return checkedId(fields, member, fields.text(member));
  }

  /** A name that a client must choose. */
  static @Nullable String requiredName(JsonFields fields, String member) {
    return checkedId(fields, member, fields.requiredText(member));
  }

  private static @Nullable String checkedId(JsonFields fields, String member, @Nullable String id) {
    if (id != null && !ID.matcher(id).matches()) {
      fields.reject(member, "1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit");
    }
    return id;
  }
}
