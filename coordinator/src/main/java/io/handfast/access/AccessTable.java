package io.handfast.access;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Maps each method and path to the role that it needs.
 *
 * <p>It is closed by default: a call that is in no row needs the most powerful role, so that a path
 * which is added and forgotten here is open to operators only.
 */
public final class AccessTable {

  private static final String READING = "GET|HEAD|OPTIONS";

  private record Row(Role role, Pattern method, Pattern path) {

    static Row of(Role role, String method, String path) {
      // A segment takes no ';': what stands behind it is cut off before resources are looked up.
      String segments = path.replace("{}", "[^/;]+");
      return new Row(role, Pattern.compile(method), Pattern.compile(segments));
    }

    boolean matches(String calledMethod, String calledPath) {
      return method.matcher(calledMethod).matches() && path.matcher(calledPath).matches();
    }
  }

  /** The first row that matches counts. */
  private static final List<Row> ROWS =
      List.of(
          Row.of(Role.NONE, "GET|HEAD", "/q/health(/(live|ready|started|well))?"),
          // The console's own files tell nothing; what it shows it must ask for, as its user.
          Row.of(Role.NONE, "GET|HEAD", "/|/console/[a-z-]+\\.(js|css|svg)"),
          Row.of(Role.VIEWER, READING, "/.*"),
          Row.of(Role.CLIENT, "POST", "/v1/transactions"),
          Row.of(
              Role.CLIENT,
              "POST",
              "/v1/transactions/{}/(receive|messages|statements|participants|extend|commit|rollback)"),
          Row.of(Role.CLIENT, "POST", "/v1/transactions/{}/messages/{}/refuse"),
          Row.of(Role.CLIENT, "PUT", "/v1/transactions/{}/participants/{}"),
          Row.of(Role.CLIENT, "POST", "/v1/deliveries/{}/receive"),
          Row.of(Role.CLIENT, "POST", "/v1/queues/{}/messages"));

  private AccessTable() {}

  /** The role that a call needs, by its method and its path. */
  public static Role needed(String method, String path) {
    return ROWS.stream()
        .filter(row -> row.matches(method, path))
        .map(Row::role)
        .findFirst()
        .orElse(Role.OPERATOR);
  }
}
