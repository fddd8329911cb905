package io.handfast.node;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
import java.util.regex.Pattern;

/**
 * Takes passwords literally, unless the whole value is one expression such as <code> ${DB_PASSWORD}
 * </code>.
 *
 * <p>SmallRye Config 3.16 makes an absent value of <code>pa${x}s</code> where {@code x} has none,
 * and {@code pa$s} of {@code pa$$s}, without a word.
 */
@Priority(LiteralSecrets.BEFORE_EXPRESSIONS)
public class LiteralSecrets implements ConfigSourceInterceptor {

  /** What is expanded at {@code LIBRARY + 300} has come through here. */
  static final int BEFORE_EXPRESSIONS = Priorities.LIBRARY + 100;

  private static final long serialVersionUID = 1L;

  private static final Pattern SECRET =
      Pattern.compile(
          "handfast\\..*\\.password|quarkus\\.security\\.users\\.embedded\\.users\\..*");

  /** Whether a configuration key has a secret that is taken as it is written. */
  public static boolean isSecret(String key) {
    return SECRET.matcher(key).matches();
  }

  @Override
  public ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
    ConfigValue value = context.proceed(name);
    return value == null
            || value.getValue() == null
            || !isSecret(name)
            || isExpression(value.getValue())
        ? value
        : value.withValue(value.getValue().replace("$", "\\$"));
  }

  /** Whether all of a text is one expression, which may have others in its default. */
  private static boolean isExpression(String text) {
    if (!text.startsWith("${") || text.length() < "${x}".length()) {
      return false;
    }
    int open = 0;
    for (int i = 1; i < text.length(); i++) {
      open += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
      if (open == 0) {
        return i == text.length() - 1;
      }
    }
    return false;
  }
}
