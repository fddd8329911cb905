package io.handfast.input;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * The hosts that URLs of clients may name.
 *
 * <p>Names are compared as they are written: an address that means an allowed host by another
 * spelling is not allowed.
 */
@Singleton
public class AllowedHosts {

  private final List<String> patterns;

  @Inject
  public AllowedHosts(HostsConfig config) {
    this(config.allowedHosts());
  }

  /** Allows what the patterns name: {@code host}, {@code host:port}, {@code *.example.com}. */
  public AllowedHosts(List<String> patterns) {
    this.patterns = patterns.stream().map(AllowedHosts::normal).toList();
  }

  /** An IPv6 address has brackets in a URL, and need not have them in a list of hosts. */
  private static String normal(String pattern) {
    String text = pattern.strip().toLowerCase(Locale.ROOT);
    boolean isBareIpv6 = !text.startsWith("[") && text.indexOf(':') != text.lastIndexOf(':');
    return isBareIpv6 ? "[" + text + "]" : text;
  }

  /** Whether a URL with a host names one that is allowed. */
  boolean allow(URI url) {
    String host = url.getHost().toLowerCase(Locale.ROOT);
    int port = url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
    return patterns.stream().anyMatch(pattern -> matches(pattern, host, port));
  }

  private static boolean matches(String pattern, String host, int port) {
    if (pattern.startsWith("*.")) {
      return host.endsWith(pattern.substring(1)) && host.length() >= pattern.length();
    }
    return pattern.equals(host) || pattern.equals(host + ":" + port);
  }

  /** The rule, for people. */
  String rule() {
    return "a host that handfast.allowed-hosts names";
  }
}
