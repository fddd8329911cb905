package io.handfast.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of one JSON object and collects every violation instead of stopping at the
 * first.
 *
 * <p>A member that is missing or wrong reads as its default, so that reading can go on. Numbers may
 * be given as text, as they are in configuration.
 */
final class JsonFields {

  private static final int SHOWN = 200;

  private final @Nullable JsonNode object;
  private final String path;
  private final List<Violation> violations;

  JsonFields(@Nullable JsonNode object, String path, List<Violation> violations) {
    this.path = path;
    this.violations = violations;
    if (object != null && !object.isNull() && !object.isObject()) {
      violations.add(new Violation(path.isEmpty() ? "body" : path, shown(object), "an object"));
      this.object = null;
    } else {
      this.object = object == null || object.isNull() ? null : object;
    }
  }

  /** Whether the object itself was given. */
  boolean isPresent() {
    return object != null;
  }

  boolean has(String member) {
    return node(member) != null;
  }

  /** The reader of a member that is an object. */
  JsonFields object(String member) {
    return new JsonFields(node(member), at(member), violations);
  }

  /** Reports every member that has none of the given names. */
  void allow(String... members) {
    if (object == null) {
      return;
    }
    Set<String> known = Set.of(members);
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        String rule = "unknown member; known are " + String.join(", ", sorted(members));
        violations.add(new Violation(at(name), shown(object.get(name)), rule));
      }
    }
  }

  @Nullable String text(String member) {
    JsonNode node = node(member);
    if (node == null) {
      return null;
    }
    if (!node.isTextual() || node.textValue().isBlank()) {
      reject(member, "a text that is not empty");
      return null;
    }
    return node.textValue();
  }

  @Nullable String requiredText(String member) {
    if (!has(member)) {
      reject(member, "is required");
      return null;
    }
    return text(member);
  }

  List<String> texts(String member) {
    JsonNode node = node(member);
    List<String> texts = new ArrayList<>();
    if (node == null || !node.isArray() || node.isEmpty()) {
      reject(member, "a list of at least one text");
      return texts;
    }
    for (int i = 0; i < node.size(); i++) {
      JsonNode item = node.get(i);
      if (item.isTextual() && !item.textValue().isBlank()) {
        texts.add(item.textValue());
      } else {
        violations.add(
            new Violation(at(member) + "[" + i + "]", shown(item), "a text that is not empty"));
      }
    }
    return texts;
  }

  int integer(String member, int fallback, int min, int max) {
    JsonNode node = node(member);
    if (node == null) {
      return fallback;
    }
    String rule = "an integer from " + min + " to " + max;
    try {
      long value = node.isTextual() ? Long.parseLong(node.textValue().trim()) : integral(node);
      if (value < min || value > max) {
        reject(member, rule);
        return fallback;
      }
      return (int) value;
    } catch (NumberFormatException e) {
      reject(member, rule);
      return fallback;
    }
  }

  private static long integral(JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new NumberFormatException();
    }
    return node.longValue();
  }

  Duration duration(String member, Duration fallback, Duration max) {
    String text = text(member);
    if (text == null) {
      return fallback;
    }
    try {
      Duration value = Duration.parse(text);
      if (!value.isNegative() && value.compareTo(max) <= 0) {
        return value;
      }
    } catch (DateTimeParseException e) {
      // the rule below says what would be right
    }
    reject(member, "an ISO-8601 duration from PT0S to " + max);
    return fallback;
  }

  <E extends Enum<E>> E choice(String member, E fallback) {
    String text = text(member);
    if (text == null) {
      return fallback;
    }
    E[] choices = fallback.getDeclaringClass().getEnumConstants();
    for (E choice : choices) {
      if (WireName.of(choice).equals(text)) {
        return choice;
      }
    }
    String names = Arrays.stream(choices).map(WireName::of).collect(Collectors.joining(", "));
    reject(member, "one of " + names);
    return fallback;
  }

  /** Adds a violation of a member. */
  void reject(String member, String rule) {
    violations.add(new Violation(at(member), shown(node(member)), rule));
  }

  private @Nullable JsonNode node(String member) {
    JsonNode node = object == null ? null : object.get(member);
    return node == null || node.isNull() ? null : node;
  }

  private String at(String member) {
    return path.isEmpty() ? member : path + "." + member;
  }

  private static List<String> sorted(String... members) {
    return Arrays.stream(members).sorted().toList();
  }

  private static @Nullable String shown(@Nullable JsonNode node) {
    if (node == null) {
      return null;
    }
    String text = node.isTextual() ? node.textValue() : node.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
