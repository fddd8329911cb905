package io.handfast.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;

/**
 * The configured ways of authentication; without any, every caller has full access and the service
 * listens on loopback only.
 */
@Singleton
public class Authentication {

  /** A user and its password follow this key. */
  public static final String USERS = "quarkus.security.users.embedded.users";

  /** Where bearer tokens are checked. */
  public static final String TOKEN_ISSUER = "quarkus.oidc.auth-server-url";

  /** The key that bearer tokens are checked with, where no server is asked. */
  static final String TOKEN_KEY = "quarkus.oidc.public-key";

  /** The roles of client certificates. */
  public static final String CERTIFICATE_ROLES = "quarkus.http.auth.certificate-role-properties";

  private static final List<String> TRUST =
      List.of("quarkus.tls.", "quarkus.http.ssl.certificate.");

  private final boolean isBasic;
  private final boolean isBearer;
  private final boolean isCertificates;

  @Inject
  public Authentication(Config config) {
    isBasic = names(config).anyMatch(name -> name.startsWith(USERS + "."));
    isBearer = isSet(config, TOKEN_ISSUER) || isSet(config, TOKEN_KEY);
    // Without a trust store of its own, Java's would be used: any certificate of a public
    // authority.
    isCertificates =
        isSet(config, CERTIFICATE_ROLES) && names(config).anyMatch(Authentication::isTrustStore);
  }

  private static boolean isSet(Config config, String key) {
    return config.getOptionalValue(key, String.class).isPresent();
  }

  /** The environment's names as they are, and as properties spell them. */
  private static Stream<String> names(Config config) {
    return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
        .map(name -> name.contains(".") ? name : name.toLowerCase(Locale.ROOT).replace('_', '.'));
  }

  private static boolean isTrustStore(String name) {
    return TRUST.stream().anyMatch(name::startsWith)
        && (name.contains("trust-store") || name.contains("trust.store"));
  }

  /** Whether callers must say who they are. */
  public boolean isOn() {
    return isBasic || isBearer || isCertificates;
  }

  /** How a caller can say who it is in a header, as {@code WWW-Authenticate} spells it. */
  public List<String> challenges() {
    List<String> challenges = new ArrayList<>();
    if (isBasic) {
      challenges.add("Basic realm=\"Handfast\", charset=\"UTF-8\"");
    }
    if (isBearer) {
      challenges.add("Bearer");
    }
    return challenges;
  }
}
