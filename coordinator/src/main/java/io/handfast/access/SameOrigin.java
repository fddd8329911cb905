package io.handfast.access;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request comes from a web page of another site.
 *
 * <p>A page anywhere can have its own name resolve to 127.0.0.1, and then call this service as if
 * it were of the same origin: the name in {@code Host} gives it away. A page that calls without
 * that trick sends its {@code Origin}, and the browser adds what it knows of the user's passwords
 * and certificates.
 */
public final class SameOrigin {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]]+)(:\\d+)?");

  private SameOrigin() {}

  /** Whether an address to listen on can be reached from this machine only. */
  public static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return LOOPBACK.contains(name) || name.equals("::1");
  }

  /** Why a request without authentication is refused by its {@code Host}; empty where it is not. */
  public static Optional<String> foreignHost(List<String> hosts) {
    if (hosts.size() != 1) {
      return Optional.of("A request must say in Host, once, whom it is for");
    }
    Matcher host = HOST.matcher(hosts.get(0).strip());
    return host.matches() && LOOPBACK.contains(host.group(1).toLowerCase(Locale.ROOT))
        ? Optional.empty()
        : Optional.of("Without authentication only localhost, 127.0.0.1 and [::1] are served");
  }

  /** Why a request is refused since another site's page has sent it; empty where it is not. */
  public static Optional<String> foreignOrigin(
      String method, @Nullable String origin, @Nullable String host) {
    if (origin == null || READING.contains(method)) {
      return Optional.empty();
    }
    boolean isOwn = host != null && origin.replaceFirst("^https?://", "").equalsIgnoreCase(host);
    return isOwn
        ? Optional.empty()
        : Optional.of("Pages of other sites may not change anything here (Origin)");
  }
}
