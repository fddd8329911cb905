package io.handfast.readiness;

import io.handfast.access.RequestSizeConfig;
import io.handfast.coordination.ClientSqlConfig;
import io.handfast.coordination.LimitsConfig;
import io.handfast.coordination.RemoteConfig;
import io.handfast.coordination.TransactionsConfig;
import io.handfast.delivery.DeliveriesConfig;
import io.handfast.input.HostsConfig;
import io.handfast.node.KafkaConfig;
import io.handfast.node.MemoryConfig;
import io.handfast.node.NodeConfig;
import io.handfast.node.SqsConfig;
import io.handfast.readiness.Check.Findings;
import io.handfast.recovery.RecoveryConfig;
import io.smallrye.config.ConfigMappingLoader;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Checks that every setting whose name begins with {@code handfast} is read, from wherever it
 * comes.
 *
 * <p>A misspelt key would leave its default in force; for the broker's or the database's URL that
 * is the embedded one.
 *
 * <p>A key has {@code *} for a name that the user chooses, and {@code [*]} for a place in a list,
 * as SmallRye Config writes them.
 */
final class ConfigurationKeys {

  /** Every interface that configuration is read by, with its prefix. */
  static final Map<Class<?>, String> MAPPINGS =
      Map.ofEntries(
          Map.entry(ClientSqlConfig.class, "handfast"),
          Map.entry(DeliveriesConfig.class, "handfast.deliveries"),
          Map.entry(HostsConfig.class, "handfast"),
          Map.entry(KafkaConfig.class, "handfast.kafka"),
          Map.entry(LimitsConfig.class, "handfast.limits"),
          Map.entry(MemoryConfig.class, "handfast.memory"),
          Map.entry(NodeConfig.class, "handfast"),
          Map.entry(ReadinessConfig.class, "handfast"),
          Map.entry(RecoveryConfig.class, "handfast.recovery"),
          Map.entry(RemoteConfig.class, "handfast.remote"),
          Map.entry(RequestSizeConfig.class, "handfast.limits"),
          Map.entry(SqsConfig.class, "handfast.sqs"),
          Map.entry(TransactionsConfig.class, "handfast.transactions"));

  private static final String NAME = "*";
  private static final String INDEX = "[*]";
  private static final Pattern CHOICE = Pattern.compile("\\[\\*]|\\*");

  /** How far a misspelt name may be from the key that was meant: a third of its length. */
  private static final int SIMILARITY = 3;

  private static final int PREFIX = "handfast.".length();

  /** Without a value these start the embedded run. */
  private static final List<String> NEVER_EMPTY =
      List.of("handfast.node", "handfast.broker.url", "handfast.database.url");

  private static final Pattern PROFILE = Pattern.compile("^%[^.]+\\.");
  private static final String SERVICE_HOST = "_SERVICE_HOST";

  private final List<Key> keys;
  private final SmallRyeConfig settings;

  /** One key, and how properties and environment variables spell it. */
  private record Key(String name, Pattern property, Pattern variable) {}

  /** Reads the keys from the interfaces of configuration. */
  ConfigurationKeys(SmallRyeConfig settings) {
    Set<String> names = new TreeSet<>();
    MAPPINGS.forEach(
        (mapping, prefix) -> namesIn(mapping).forEach(name -> names.add(prefix + "." + name)));
    this.keys = names.stream().map(k -> new Key(k, propertyOf(k), variableOf(k))).toList();
    this.settings = settings;
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

  /** Whether every setting is one of these keys, and none of the addresses is empty. */
  void check(Findings findings) {
    Set<String> overridden = new TreeSet<>();
    for (ConfigSource source : settings.getConfigSources()) {
      if (!(source instanceof EnvConfigSource)) {
        unknownProperties(source, findings);
        properties(source).map(ConfigurationKeys::upper).forEach(overridden::add);
      }
    }
    for (ConfigSource source : settings.getConfigSources()) {
      if (source instanceof EnvConfigSource) {
        unknownVariables(source, overridden, findings);
      }
    }
    NEVER_EMPTY.stream()
        .filter(this::isEmpty)
        .forEach(
            key ->
                findings.refuses(
                    key,
                    "is set, and its value is empty",
                    "give it a value, or do not set it (" + upper(key) + " neither)"));
  }

  private void unknownProperties(ConfigSource source, Findings findings) {
    properties(source)
        .filter(property -> !hasProperty(property))
        .forEach(name -> unknown(name, source, propertyLike(name), findings));
  }

  private static Stream<String> properties(ConfigSource source) {
    return source.getPropertyNames().stream()
        .map(name -> PROFILE.matcher(name).replaceFirst(""))
        .filter(name -> name.startsWith("handfast."))
        .sorted()
        .distinct();
  }

  private void unknownVariables(ConfigSource source, Set<String> overridden, Findings findings) {
    Set<String> variables = source.getProperties().keySet();
    Pattern links = serviceLinks(variables);
    variables.stream()
        .filter(name -> !links.matcher(name).matches())
        .filter(name -> isOurs(withoutProfile(upper(name))))
        .filter(name -> !isRead(withoutProfile(upper(name)), overridden))
        .sorted()
        .forEach(name -> unknown(name, source, variableLike(withoutProfile(name)), findings));
  }

  private static boolean isOurs(String upper) {
    return upper.startsWith("HANDFAST_");
  }

  /** A variable also replaces a property that a file has, however its names are written there. */
  private boolean isRead(String upper, Set<String> overridden) {
    return hasVariable(upper) || overridden.contains(upper);
  }

  private String withoutProfile(String variable) {
    for (String profile : settings.getProfiles()) {
      String prefix = "_" + upper(profile) + "_";
      if (variable.startsWith(prefix)) {
        return variable.substring(prefix.length());
      }
    }
    return variable;
  }

  /**
   * What Kubernetes sets in every container about each Service of the namespace, so also about one
   * whose name begins with {@code handfast}: {@code X_SERVICE_HOST}, {@code X_PORT}, {@code
   * X_PORT_8080_TCP_ADDR} and the like. They come together, by which they are told from our keys.
   */
  private static Pattern serviceLinks(Collection<String> variables) {
    String services =
        variables.stream()
            .filter(name -> name.endsWith(SERVICE_HOST))
            .map(name -> name.substring(0, name.length() - SERVICE_HOST.length()))
            .filter(name -> variables.contains(name + "_SERVICE_PORT"))
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return Pattern.compile(
        "(?:"
            + (services.isEmpty() ? "(?!)" : services)
            + ")_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)");
  }

  private static void unknown(
      String name, ConfigSource source, Optional<String> meant, Findings findings) {
    findings.refuses(
        name,
        "is set in " + placeOf(source) + ", and Handfast has no such key",
        meant
            .map(key -> "did you mean " + key + "?")
            .orElse(
                "docs/reference/configuration.md lists the keys; remove it, or correct its name"));
  }

  private boolean isEmpty(String key) {
    String value = settings.getConfigValue(key).getValue();
    return value != null && value.isBlank();
  }

  /**
   * Names a source as an operator knows it: SmallRye Config has its class and its URL in one text.
   */
  private static String placeOf(ConfigSource source) {
    String name = source.getName();
    if (name.equals(EnvConfigSource.NAME)) {
      return "the environment";
    }
    if (name.equals("SysPropConfigSource")) {
      return "a -D option";
    }
    return name.replaceFirst("^\\w+\\[source=(?:file:)?(.*)]$", "$1");
  }

  /** Whether a property of this name is read. */
  private boolean hasProperty(String property) {
    return keys.stream().anyMatch(key -> key.property.matcher(property).matches());
  }

  /** Whether an environment variable of this name is read, whatever the case of its letters. */
  private boolean hasVariable(String variable) {
    String upper = upper(variable);
    return keys.stream().anyMatch(key -> key.variable.matcher(upper).matches());
  }

  /** The property that was probably meant. */
  private Optional<String> propertyLike(String property) {
    return keys.stream()
        .map(Key::name)
        .filter(key -> !key.endsWith(INDEX))
        .min(nearestTo(property))
        .filter(key -> isSimilar(property, key))
        .map(key -> key.replace(NAME, "\"name\""));
  }

  /** The environment variable that was probably meant. */
  private Optional<String> variableLike(String variable) {
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
  private static String templateOf(String key) {
    return upper(key.replace(NAME, "\"*\""));
  }

  /** Letters in upper case; whatever is neither a letter, a digit nor a star, an underscore. */
  private static String upper(String name) {
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
  private static int distance(String name, String key) {
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
