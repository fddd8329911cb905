package io.handfast.readiness;

import io.smallrye.config.ConfigMappingLoader;
import java.lang.invoke.MethodHandle;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The configuration keys that the product reads, as properties and as environment variables spell
 * them.
 *
 * <p>A key has {@code *} for a name that the user chooses, and {@code [*]} for a place in a list,
 * as SmallRye Config writes them.
 */
final class ConfigurationKeys {

  private static final String NAME = "*";
  private static final String INDEX = "[*]";
  private static final Pattern CHOICE = Pattern.compile("\\[\\*]|\\*");

  /** How far a misspelt name may be from the key that was meant: a third of its length. */
  private static final int SIMILARITY = 3;

  private static final int PREFIX = "handfast.".length();

  private final List<Key> keys;

  /** One key, and what is written for it. */
  private record Key(String name, Pattern property, Pattern variable) {}

  /** The keys of some interfaces of configuration, each with its prefix. */
  static ConfigurationKeys of(Map<Class<?>, String> mappings) {
    Set<String> names = new TreeSet<>();
    mappings.forEach(
        (mapping, prefix) -> namesIn(mapping).forEach(name -> names.add(prefix + "." + name)));
    return new ConfigurationKeys(names);
  }

  /**
   * From the class that SmallRye Config generates for it: reflection sees none in a native image.
   */
  @SuppressWarnings("unchecked") // the signature of the generated method
  private static Set<String> namesIn(Class<?> mapping) {
    try {
      MethodHandle properties = ConfigMappingLoader.ensureLoaded(mapping).getProperties();
      return ((Map<String, String>) properties.invoke()).keySet();
    } catch (Throwable e) {
      throw new IllegalStateException("the keys of " + mapping + " are not known", e);
    }
  }

  ConfigurationKeys(Collection<String> names) {
    this.keys = names.stream().sorted().map(k -> new Key(k, propertyOf(k), variableOf(k))).toList();
  }

  /** Whether a property of this name is read. */
  boolean hasProperty(String property) {
    return keys.stream().anyMatch(key -> key.property.matcher(property).matches());
  }

  /** Whether an environment variable of this name is read, whatever the case of its letters. */
  boolean hasVariable(String variable) {
    String upper = upper(variable);
    return keys.stream().anyMatch(key -> key.variable.matcher(upper).matches());
  }

  /** The property that was probably meant. */
  Optional<String> propertyLike(String property) {
    return keys.stream()
        .map(Key::name)
        .filter(key -> !key.endsWith(INDEX))
        .min(nearestTo(property))
        .filter(key -> isSimilar(property, key))
        .map(key -> key.replace(NAME, "\"name\""));
  }

  /** The environment variable that was probably meant. */
  Optional<String> variableLike(String variable) {
    String upper = upper(variable);
    return keys.stream()
        .map(Key::name)
        .filter(key -> !key.endsWith(INDEX))
        .map(ConfigurationKeys::templateOf)
        .min(nearestTo(upper))
        .filter(template -> isSimilar(upper, template))
        .map(template -> template.replace(NAME, "NAME"));
  }

  /** The variable of a key; a name that the user chooses stands between two underscores. */
  static String templateOf(String key) {
    return upper(key.replace(NAME, "\"*\""));
  }

  /** Letters in upper case; whatever is neither a letter, a digit nor a star, an underscore. */
  static String upper(String name) {
    return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9*]", "_");
  }

  /** The name in the last place may have dots, elsewhere only between quotation marks. */
  private static Pattern propertyOf(String key) {
    String name = isLast(key) ? ".+" : "(?:\"[^\"]+\"|[^.\"]+)";
    return pattern(key, UnaryOperator.identity(), name, "\\[\\d+]");
  }

  private static Pattern variableOf(String key) {
    String name = isLast(key) ? ".+" : "(?:_[A-Z0-9_]+_|[A-Z0-9]+)";
    return pattern(key, ConfigurationKeys::upper, name, "_\\d+_");
  }

  private static boolean isLast(String key) {
    return key.endsWith("." + NAME);
  }

  private static Pattern pattern(
      String key, UnaryOperator<String> spelling, String name, String index) {
    StringBuilder regex = new StringBuilder();
    Matcher choice = CHOICE.matcher(key);
    int end = 0;
    while (choice.find()) {
      regex.append(Pattern.quote(spelling.apply(key.substring(end, choice.start()))));
      regex.append(choice.group().equals(NAME) ? name : index);
      end = choice.end();
    }
    regex.append(Pattern.quote(spelling.apply(key.substring(end))));
    return Pattern.compile(regex.toString());
  }

  /** A key that goes on where the name ends is nearer than any other. */
  private static Comparator<String> nearestTo(String name) {
    return Comparator.comparing((String key) -> !key.startsWith(name))
        .thenComparingInt(key -> distance(name, key));
  }

  private static boolean isSimilar(String name, String key) {
    return key.startsWith(name)
        || distance(name, key) <= Math.max(1, (name.length() - PREFIX) / SIMILARITY);
  }

  /** Changes of one letter from a name to a key, in which a star stands for any letters. */
  static int distance(String name, String key) {
    int[] previous = new int[name.length() + 1];
    for (int i = 0; i < previous.length; i++) {
      previous[i] = i;
    }
    for (int k = 0; k < key.length(); k++) {
      boolean isAny = key.charAt(k) == '*';
      int[] current = new int[previous.length];
      current[0] = isAny ? previous[0] : previous[0] + 1;
      for (int n = 1; n < current.length; n++) {
        int changed = previous[n - 1] + (isAny || name.charAt(n - 1) == key.charAt(k) ? 0 : 1);
        int added = current[n - 1] + (isAny ? 0 : 1);
        int left = previous[n] + (isAny ? 0 : 1);
        current[n] = Math.min(changed, Math.min(added, left));
      }
      previous = current;
    }
    return previous[name.length()];
  }
}
