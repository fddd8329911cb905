package io.handfast.database;

import io.handfast.database.Parameter.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Parses one SQL text and replaces named parameters by placeholders. */
final class TemplateParser {

  /** They would take the work out of the transaction that the message is settled in. */
  private static final Set<String> TRANSACTION_CONTROL =
      Set.of("ABORT", "BEGIN", "COMMIT", "END", "RELEASE", "ROLLBACK", "SAVEPOINT", "START");

  private final String sql;
  private final StringBuilder jdbc = new StringBuilder();
  private final List<Parameter> parameters = new ArrayList<>();
  private int at;
  private int semicolon = -1;
  private String keyword = "";
  private String second = "";
  private boolean isStreamed;

  TemplateParser(String sql) {
    this.sql = sql;
  }

  String jdbcSql() {
    return jdbc.toString();
  }

  String keyword() {
    return keyword;
  }

  String opening() {
    return second.isEmpty() ? keyword : keyword + " " + second;
  }

  List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  void parse() throws InvalidStatementException {
    while (at < sql.length()) {
      step();
    }
    if (keyword.isEmpty()) {
      throw new InvalidStatementException("there is no statement");
    }
    if (keyword.equals("COPY") && isStreamed) {
      throw new InvalidStatementException(
          "COPY with STDIN or STDOUT is not allowed: there is no stream of rows here; use INSERT or SELECT");
    }
    if (TRANSACTION_CONTROL.contains(keyword)
        || keyword.equals("PREPARE") && second.equals("TRANSACTION")) {
      throw new InvalidStatementException(
          keyword + " is not allowed: Handfast begins and ends the transaction");
    }
  }

  private void step() throws InvalidStatementException {
    char c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      copy(1);
    } else if (ahead("--")) {
      copyTo(lineEnd());
    } else if (ahead("/*")) {
      copyTo(commentEnd());
    } else if (c == ';') {
      semicolon = semicolon < 0 ? at : semicolon;
      at++;
    } else if (semicolon >= 0) {
      throw problem("a second statement begins", at, "; list the statements one by one");
    } else {
      code(c);
    }
  }

  private void code(char c) throws InvalidStatementException {
    if (c == '\'') {
      copyTo(quoteEnd('\'', false));
    } else if (c == '"' || c == '`') {
      copyTo(quoteEnd(c, false));
    } else if (c == '$') {
      dollar();
    } else if (c == ':') {
      colon();
    } else if (c == '?') {
      questionMark();
    } else if (isNamePart(c)) {
      word();
    } else {
      notOnlyBlank();
      copy(1);
    }
  }

  private void word() throws InvalidStatementException {
    int end = at;
    while (end < sql.length() && (isNamePart(sql.charAt(end)) || sql.charAt(end) == '$')) {
      end++;
    }
    String word = sql.substring(at, end).toUpperCase(Locale.ROOT);
    if (keyword.isEmpty() || keyword.equals("(")) {
      keyword = word;
    } else if (second.isEmpty()) {
      second = word;
    }
    isStreamed |= word.equals("STDIN") || word.equals("STDOUT");
    copyTo(end);
    if (word.equals("E") && ahead("'")) {
      copyTo(quoteEnd('\'', true));
    }
  }

  private void colon() throws InvalidStatementException {
    notOnlyBlank();
    if (ahead("::")) {
      copy(2);
    } else if (at + 1 < sql.length() && isNameStart(sql.charAt(at + 1))) {
      parameter();
    } else {
      copy(1);
    }
  }

  private void parameter() throws InvalidStatementException {
    int start = at;
    int end = nameEnd(at + 1);
    String name = sql.substring(at + 1, end);
    boolean dotted =
        end + 1 < sql.length() && sql.charAt(end) == '.' && isNamePart(sql.charAt(end + 1));
    if (!dotted) {
      at = end;
      parameters.add(new Parameter(Source.FIELD, name));
    } else if (name.equals("header")) {
      at = headerEnd(end + 1);
      parameters.add(new Parameter(Source.HEADER, sql.substring(end + 1, at)));
    } else {
      at = nameEnd(end + 1);
      parameters.add(ofMessage(sql.substring(start, at), start));
    }
    jdbc.append('?');
  }

  private Parameter ofMessage(String written, int start) throws InvalidStatementException {
    return switch (written) {
      case ":message.id" -> new Parameter(Source.MESSAGE_ID, "");
      case ":message.body" -> new Parameter(Source.MESSAGE_BODY, "");
      case ":kafka.partition", ":kafka.offset", ":kafka.timestamp" ->
          new Parameter(Source.PARTITION, written.substring(1));
      default ->
          throw problem(
              "there is no parameter " + written,
              start,
              "; there are :field, :message.id, :message.body and :header.name, and of a Kafka record :kafka.partition, :kafka.offset and :kafka.timestamp");
    };
  }

  /** The driver reads {@code ?} as a placeholder and {@code ??} as the operator {@code ?}. */
  private void questionMark() {
    notOnlyBlank();
    at += ahead("??") ? 2 : 1;
    jdbc.append("??");
  }

  private void dollar() throws InvalidStatementException {
    notOnlyBlank();
    int end = at + 1;
    while (end < sql.length() && isNamePart(sql.charAt(end))) {
      end++;
    }
    if (end > at + 1 && Character.isDigit(sql.charAt(at + 1))) {
      throw problem("a parameter by number", at, "; write :name");
    }
    if (end == sql.length() || sql.charAt(end) != '$') {
      copy(1);
      return;
    }
    String tag = sql.substring(at, end + 1);
    int close = sql.indexOf(tag, end + 1);
    if (close < 0) {
      throw problem("the quoted text " + tag, at, " does not end");
    }
    copyTo(close + tag.length());
  }

  private int quoteEnd(char quote, boolean backslashes) throws InvalidStatementException {
    notOnlyBlank();
    for (int i = at + 1; i < sql.length(); i++) {
      if (backslashes && sql.charAt(i) == '\\') {
        i++;
      } else if (sql.charAt(i) == quote) {
        if (i + 1 == sql.length() || sql.charAt(i + 1) != quote) {
          return i + 1;
        }
        i++;
      }
    }
    throw problem("the quoted text", at, " does not end");
  }

  private int commentEnd() throws InvalidStatementException {
    int depth = 0;
    for (int i = at; i + 1 < sql.length(); i++) {
      if (sql.startsWith("/*", i)) {
        depth++;
        i++;
      } else if (sql.startsWith("*/", i)) {
        depth--;
        i++;
        if (depth == 0) {
          return i + 1;
        }
      }
    }
    throw problem("the comment", at, " does not end");
  }

  private int lineEnd() {
    int end = sql.indexOf('\n', at);
    return end < 0 ? sql.length() : end;
  }

  private int nameEnd(int start) {
    int end = start;
    while (end < sql.length() && isNamePart(sql.charAt(end))) {
      end++;
    }
    return end;
  }

  /**
   * A header's name may hold single dots and hyphens, but not end with one: {@code --} comments.
   */
  private int headerEnd(int start) {
    int end = nameEnd(start);
    while (end + 1 < sql.length()
        && (sql.charAt(end) == '.' || sql.charAt(end) == '-')
        && isNamePart(sql.charAt(end + 1))) {
      end = nameEnd(end + 1);
    }
    return end;
  }

  private void notOnlyBlank() {
    if (keyword.isEmpty()) {
      keyword = "(";
    }
  }

  private boolean ahead(String text) {
    return sql.startsWith(text, at);
  }

  private void copy(int length) {
    copyTo(at + length);
  }

  private void copyTo(int end) {
    jdbc.append(sql, at, end);
    at = end;
  }

  private static boolean isNameStart(char c) {
    return c == '_' || Character.isLetter(c);
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || Character.isDigit(c);
  }

  private static InvalidStatementException problem(String what, int position, String then) {
    return new InvalidStatementException(what + " at character " + (position + 1) + then);
  }
}
