package io.handfast.access;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/**
 * Switches bearer tokens off where no issuer is configured; the OIDC extension would refuse to
 * start then.
 */
public class TokensOffByDefault implements ConfigSourceInterceptor {

  private static final long serialVersionUID = 1L;

  private static final String ENABLED = "quarkus.oidc.tenant-enabled";

  @Override
  public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
    if (name.equals(ENABLED)
        && !isSet(context, Authentication.TOKEN_ISSUER)
        && !isSet(context, Authentication.TOKEN_KEY)) {
      return ConfigValue.builder().withName(name).withValue("false").build();
    }
    return context.proceed(name);
  }

  private static boolean isSet(ConfigSourceInterceptorContext context, String key) {
    ConfigValue value = context.proceed(key);
    return value != null && value.getValue() != null && !value.getValue().isEmpty();
  }
}
