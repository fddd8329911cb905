package io.handfast.input;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
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
public final class JsonFields {

  /** Stands for the object as a whole where a member is named. */
  public static final String ITSELF = "";

  private static final int LONGEST_URL = 2_000;
  private static final int HIGHEST_PORT = 65_535;

  private final @Nullable JsonNode object;
  private final String path;
  private final List<Violation> violations;

  /** Reads an object whose members are named in violations under a path; empty at the top. */
  public JsonFields(@Nullable JsonNode object, String path, List<Violation> violations) {
    this.path = path;
    this.violations = violations;
    boolean isGiven = object != null && (path.isEmpty() || !object.isNull());
    if (isGiven && !object.isObject()) {
      violations.add(new Violation(path.isEmpty() ? "body" : path, shown(object), "an object"));
      this.object = null;
    } else {
      this.object = object == null || object.isNull() ? null : object;
    }
  }

  /** Whether the object itself was given. */
  public boolean isPresent() {
    return object != null;
  }

  /** Whether a member was given, and is not null. */
  public boolean has(String member) {
    return node(member) != null;
  }

  /** The reader of a member that is an object. */
  public JsonFields object(String member) {
    return new JsonFields(node(member), at(member), violations);
  }

  /** Reports every member that has none of the given names. */
  public void allow(String... members) {
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

  /** A text, or null where it is missing. */
  public @Nullable String text(String member) {
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

  /** A text that must be given. */
  public @Nullable String requiredText(String member) {
    if (!has(member)) {
      reject(member, "is required");
      return null;
    }
    return text(member);
  }

  /** An http or https URL of an allowed host that must be given, or null where it is not one. */
  public @Nullable URI requiredHttpUrl(String member, AllowedHosts hosts) {
    String url = requiredText(member);
    if (url == null) {
      return null;
    }
    try {
      URI uri = new URI(url);
      if (uri.getRawUserInfo() != null) {
        // The password must not come back in the answer.
        String shown = url.replace(uri.getRawUserInfo() + "@", "***@");
        violations.add(new Violation(at(member), shown, "a URL without user and password"));
        return null;
      }
      if (url.length() <= LONGEST_URL && isHttp(uri)) {
        if (!hosts.allow(uri)) {
          reject(member, hosts.rule());
        }
        return uri;
      }
    } catch (URISyntaxException e) {
      // the rule below says what would be right
    }
    String rule = "an absolute http or https URL";
    violations.add(new Violation(at(member), url.replaceAll("//[^/]*@", "//***@"), rule));
    return null;
  }

  private static boolean isHttp(URI uri) {
    return uri.getHost() != null
        && uri.getScheme() != null
        && Set.of("http", "https").contains(uri.getScheme())
        && uri.getRawFragment() == null
        && uri.getPort() != 0
        && uri.getPort() <= HIGHEST_PORT;
  }

  /** A list of at least one text; null stands for an entry that is not one. */
  public List<@Nullable String> texts(String member) {
    JsonNode node = node(member);
    List<@Nullable String> texts = new ArrayList<>();
    if (node == null || !node.isArray() || node.isEmpty()) {
      reject(member, "a list of at least one text");
      return texts;
    }
    for (int i = 0; i < node.size(); i++) {
      JsonNode item = node.get(i);
      if (item.isTextual() && !item.textValue().isBlank()) {
        texts.add(item.textValue());
      } else {
        texts.add(null);
        violations.add(
            new Violation(at(member) + "[" + i + "]", shown(item), "a text that is not empty"));
      }
    }
    return texts;
  }

  /** A truth value; false where none is given. */
  public boolean flag(String member) {
    JsonNode node = node(member);
    String text = node == null ? "false" : node.asText();
    if (node != null && !node.isValueNode() || !text.equals("true") && !text.equals("false")) {
      reject(member, "true or false");
    }
    return text.equals("true");
  }

  /** An integer within a range, both ends included. */
  public int integer(String member, int fallback, int min, int max) {
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

  /** An integer within a range, or a list of different ones, of at most so many. */
  public List<Integer> integers(String member, int fallback, int min, int max, int most) {
    JsonNode node = node(member);
    if (node == null || !node.isArray()) {
      return List.of(integer(member, fallback, min, max));
    }
    if (!isListOf(member, node, most)) {
      return List.of(fallback);
    }
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      JsonNode item = node.get(i);
      if (item.canConvertToInt()
          && item.isIntegralNumber()
          && item.intValue() >= min
          && item.intValue() <= max) {
        values.add(item.intValue());
      } else {
        rejectItem(member, i, "an integer from " + min + " to " + max);
      }
    }
    return values;
  }

  /** Different ones of these names, of at most as many as there are; all where none is given. */
  public List<String> choices(String member, List<String> names) {
    JsonNode node = node(member);
    if (node == null || !isListOf(member, node, names.size())) {
      return names;
    }
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      if (names.contains(node.get(i).textValue())) {
        chosen.add(node.get(i).textValue());
      } else {
        rejectItem(member, i, "one of " + String.join(", ", names));
      }
    }
    return chosen;
  }

  private boolean isListOf(String member, JsonNode node, int most) {
    boolean isList = node.isArray() && !node.isEmpty() && node.size() <= most;
    Set<JsonNode> different = new HashSet<>();
    if (isList) {
      node.forEach(different::add);
    }
    if (!isList || different.size() < node.size()) {
      reject(member, "a list of 1 to " + most + ", each once");
      return false;
    }
    return true;
  }

  private void rejectItem(String member, int index, String rule) {
    violations.add(
        new Violation(at(member) + "[" + index + "]", shown(node(member).get(index)), rule));
  }

  private static long integral(JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new NumberFormatException();
    }
    return node.longValue();
  }

  /** A duration in ISO-8601, up to a longest. */
  public Duration duration(String member, Duration fallback, Duration max) {
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

  /** One of an enum's constants, by its name on the wire. */
  public <E extends Enum<E>> E choice(String member, E fallback) {
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
  public void reject(String member, String rule) {
    violations.add(new Violation(at(member), shown(node(member)), rule));
  }

  /** A member as it is, or null where it is missing. */
  public @Nullable JsonNode node(String member) {
    JsonNode node = object == null ? null : object.get(member);
    return node == null || node.isNull() ? null : node;
  }

  private String at(String member) {
    if (member.equals(ITSELF)) {
      return path.isEmpty() ? "body" : path;
    }
    return path.isEmpty() ? member : path + "." + member;
  }

  private static List<String> sorted(String... members) {
    return Arrays.stream(members).sorted().toList();
  }

  private static @Nullable String shown(@Nullable JsonNode node) {
    if (node == null) {
      return null;
    }
    return node.isTextual() ? node.textValue() : node.toString();
  }
}
