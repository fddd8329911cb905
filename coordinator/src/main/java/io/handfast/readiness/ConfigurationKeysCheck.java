package io.handfast.readiness;

import io.handfast.readiness.Check.Findings;
import io.smallrye.config.EnvConfigSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Whether every setting whose name begins with {@code handfast} is read, from wherever it comes.
 *
 * <p>A misspelt key would leave its default in force; for the broker's or the database's URL that
 * is the embedded one.
 *
 * @param profiles those that are active, in lower case
 * @param values the value in force of a key, null where there is none
 */
record ConfigurationKeysCheck(
    ConfigurationKeys keys,
    Iterable<ConfigSource> sources,
    List<String> profiles,
    Function<String, @Nullable String> values) {

  /** Without a value these start the embedded run. */
  private static final List<String> NEVER_EMPTY =
      List.of("handfast.node", "handfast.broker.url", "handfast.database.url");

  private static final Pattern PROFILE = Pattern.compile("^%[^.]+\\.");
  private static final String SERVICE_HOST = "_SERVICE_HOST";

  Check check() {
    return Check.ofNode("configuration-keys", this::look);
  }

  private void look(Findings findings) {
    Set<String> overridden = new TreeSet<>();
    for (ConfigSource source : sources) {
      if (!(source instanceof EnvConfigSource)) {
        unknownProperties(source, findings);
        properties(source).map(ConfigurationKeys::upper).forEach(overridden::add);
      }
    }
    for (ConfigSource source : sources) {
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
                    "give it a value, or do not set it ("
                        + ConfigurationKeys.upper(key)
                        + " neither)"));
  }

  private void unknownProperties(ConfigSource source, Findings findings) {
    properties(source)
        .filter(property -> !keys.hasProperty(property))
        .forEach(name -> unknown(name, source, keys.propertyLike(name), findings));
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
        .filter(name -> isOurs(withoutProfile(ConfigurationKeys.upper(name))))
        .filter(name -> !isRead(withoutProfile(ConfigurationKeys.upper(name)), overridden))
        .sorted()
        .forEach(name -> unknown(name, source, keys.variableLike(withoutProfile(name)), findings));
  }

  private static boolean isOurs(String upper) {
    return upper.startsWith("HANDFAST_");
  }

  /** A variable also replaces a property that a file has, however its names are written there. */
  private boolean isRead(String upper, Set<String> overridden) {
    return keys.hasVariable(upper) || overridden.contains(upper);
  }

  private String withoutProfile(String variable) {
    for (String profile : profiles) {
      String prefix = "_" + ConfigurationKeys.upper(profile) + "_";
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
    String value = values.apply(key);
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
}
