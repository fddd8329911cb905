package io.handfast.api;

import io.handfast.access.Role;
import jakarta.annotation.security.RolesAllowed;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Maps each method and path to the role that it needs.
 *
 * <p>A call of the API needs what its method says with {@code RolesAllowed}. It is closed by
 * default: a call that is in no row needs the most powerful role, so that a method without the
 * annotation is open to operators only.
 */
final class AccessTable {

  private static final String READING = "GET|HEAD|OPTIONS";

  private static final Pattern TEMPLATE = Pattern.compile("\\{[a-z]+}");

  private record Row(Role role, Pattern method, Pattern path) {

    static Row of(Role role, String method, String path) {
      return new Row(role, Pattern.compile(method), Pattern.compile(path));
    }

    static Optional<Row> of(Endpoint endpoint) {
      return endpoint
          .says(RolesAllowed.class)
          .map(
              roles -> of(least(roles.value()), calledBy(endpoint.verb()), regex(endpoint.path())));
    }

    boolean matches(String calledMethod, String calledPath) {
      return method.matcher(calledMethod).matches() && path.matcher(calledPath).matches();
    }
  }

  /** The first row that matches counts. */
  private static final List<Row> ROWS =
      Stream.of(
              Stream.of(
                  Row.of(Role.NONE, "GET|HEAD", "/q/health(/(live|ready|started|well))?"),
                  // The console's own files tell nothing; what it shows it must ask for, as its
                  // user.
                  Row.of(Role.NONE, "GET|HEAD", "/|/console/[a-z-]+\\.(js|css|svg)")),
              Endpoint.all().stream().map(Row::of).flatMap(Optional::stream),
              Stream.of(Row.of(Role.VIEWER, READING, "/.*")))
          .flatMap(rows -> rows)
          .toList();

  private AccessTable() {}

  /** The role that a call needs, by its method and its path. */
  static Role needed(String method, String path) {
    return ROWS.stream()
        .filter(row -> row.matches(method, path))
        .map(Row::role)
        .findFirst()
        .orElse(Role.OPERATOR);
  }

  /**
   * The least of these roles.
   *
   * <p>Each role may do what those before it may. Quarkus does not know that when it checks {@code
   * RolesAllowed}, which therefore has to name a role and all that may do more.
   */
  static Role least(String... roles) {
    return Arrays.stream(Role.values())
        .filter(role -> role != Role.NONE && from(role).equals(Set.of(roles)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "not a role and all that may do more: " + String.join(", ", roles)));
  }

  private static Set<String> from(Role least) {
    return EnumSet.range(least, Role.OPERATOR).stream()
        .map(Role::wireName)
        .collect(Collectors.toSet());
  }

  private static String calledBy(String verb) {
    return verb.equals("GET") ? "GET|HEAD" : verb;
  }

  /** A segment takes no ';': what stands behind it is cut off before resources are looked up. */
  private static String regex(String path) {
    StringBuilder regex = new StringBuilder();
    int end = 0;
    for (Matcher template = TEMPLATE.matcher(path); template.find(); end = template.end()) {
      regex.append(Pattern.quote(path.substring(end, template.start()))).append("[^/;]+");
    }
    return regex.append(Pattern.quote(path.substring(end))).toString();
  }
}
