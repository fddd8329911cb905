package io.handfast.database;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the columns to which the parameters of a plain INSERT or UPDATE are assigned.
 *
 * <p>A server tells the type of a parameter without the scale of its column, and rounds to it. What
 * is not read here, such as an expression or a second table, is left to the server.
 *
 * @param query selects the columns, and no row
 * @param columns the column of the query by the parameter's place, both from 1
 */
record AssignedColumns(String query, Map<Integer, Integer> columns) {

  private static final String PART = "(?:\"[^\"]*+(?:\"\"[^\"]*+)*+\"|[\\w$]++)";

  /** Without a second way to read it, which would be tried for each of its characters. */
  static final String NAME = PART + "(?:\\." + PART + ")*+";

  private static final Pattern INSERT =
      Pattern.compile(
          "(?is)\\s*INSERT\\s+INTO\\s+(%s)\\s*(?:\\(([^()']*)\\)\\s*)?VALUES\\s*\\((.*)"
              .formatted(NAME));

  private static final Pattern UPDATE =
      Pattern.compile("(?is)\\s*UPDATE\\s+(%s)\\s+SET\\s+(.*)".formatted(NAME));

  private static final Pattern ASSIGNMENT =
      Pattern.compile("(?is)\\s*(%s)\\s*=\\s*\\?\\s*(?:WHERE\\b.*)?".formatted(NAME));

  /** Text in which a question mark need not be a parameter. */
  private static final Pattern UNREAD = Pattern.compile("--|/\\*|\\$|\\\\");

  /** What is known of a statement with question marks; empty where that is nothing. */
  static Optional<AssignedColumns> of(String jdbcSql) {
    if (UNREAD.matcher(jdbcSql).find()) {
      return Optional.empty();
    }
    Matcher insert = INSERT.matcher(jdbcSql);
    if (insert.matches()) {
      String listed = insert.group(2) == null ? "*" : insert.group(2);
      return of(insert.group(1), listed, inserted(split(insert.group(3))));
    }
    Matcher update = UPDATE.matcher(jdbcSql);
    if (update.matches()) {
      List<String> names = new ArrayList<>();
      Map<Integer, Integer> columns = updated(split(update.group(2)), names);
      return of(update.group(1), String.join(", ", names), columns);
    }
    return Optional.empty();
  }

  private static Optional<AssignedColumns> of(
      String table, String listed, Map<Integer, Integer> columns) {
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new AssignedColumns("SELECT %s FROM %s WHERE false".formatted(listed, table), columns));
  }

  private static Map<Integer, Integer> inserted(List<String> items) {
    Map<Integer, Integer> columns = new HashMap<>();
    int parameter = 0;
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).strip().equals("?")) {
        columns.put(parameter + 1, i + 1);
      }
      parameter += placeholders(items.get(i));
    }
    return columns;
  }

  private static Map<Integer, Integer> updated(List<String> items, List<String> names) {
    Map<Integer, Integer> columns = new HashMap<>();
    int parameter = 0;
    for (String item : items) {
      Matcher assignment = ASSIGNMENT.matcher(item);
      if (assignment.matches()) {
        names.add(assignment.group(1));
        columns.put(parameter + 1, names.size());
      }
      parameter += placeholders(item);
    }
    return columns;
  }

  /** Two question marks are an operator. */
  private static int placeholders(String item) {
    String rest = item.replace("??", "").replaceAll("'[^']*'|\"[^\"]*\"", "");
    return (int) rest.chars().filter(c -> c == '?').count();
  }

  /** The items of a list, up to the bracket that closes it or the end. */
  private static List<String> split(String list) {
    List<String> items = new ArrayList<>();
    int depth = 0;
    int begin = 0;
    char quote = 0;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '(') {
        depth++;
      } else if (c == ')' && depth-- == 0) {
        items.add(list.substring(begin, i));
        return items;
      } else if (c == ',' && depth == 0) {
        items.add(list.substring(begin, i));
        begin = i + 1;
      }
    }
    items.add(list.substring(begin));
    return items;
  }
}
