package io.handfast.it.acceptance.contract;

import java.util.ArrayList;
import java.util.List;

/** Values in JSON that are wrong for what they are given as. */
final class Values {
  static final String LONG = "x".repeat(100_000);
  static final List<String> NOT_A_TEXT = List.of("1", "true", "[]", "{}", "\"\"", "\" \\t \"");
  static final List<String> NOT_AN_OBJECT = List.of("1", "true", "\"text\"", "[]", "[{}]");

  static final List<String> NOT_A_COUNT =
      List.of(
          "0",
          "-0",
          "-1",
          "1.5",
          "1e400",
          "-1e400",
          "1e2",
          "100000",
          "2147483648",
          "99999999999999999999999",
          "\"many\"",
          "\"0x10\"",
          "\"\"",
          "true",
          "[1]",
          "{}");

  static final List<String> NOT_A_DURATION =
      List.of("\"soon\"", "\"30s\"", "\"PT\"", "\"PT-1S\"", "\"P9999999D\"", "30", "[]", "\"\"");

  static final List<String> NOT_A_CHOICE =
      List.of("\"perhaps\"", "\"EXACTLY_ONCE\"", "\"\"", "1", "[\"push\"]", "{}");

  static final List<String> NOT_A_QUEUE =
      with(
          NOT_A_TEXT,
          "\"two words\"",
          "\"all.#\"",
          "\"any.*\"",
          "\"a::b\"",
          "\"a,b\"",
          "\"a>b\"",
          "\"nul\\u0000\"",
          "\"bell\\u0007\"",
          "\"no\\u00a0break\"",
          "\"half\\ud800\"",
          "\"line\\nend\"",
          "\"q?exclusive=true\"",
          "\"activemq.management\"",
          "\"activemq.notifications\"",
          "\"$.artemis.internal.x\"",
          "\"" + "q".repeat(256) + "\"",
          "\"" + LONG + "\"");

  static final List<String> NOT_A_NAME =
      List.of(
          "\"\"",
          "\"-first\"",
          "\"../up\"",
          "\"a b\"",
          "\"a/b\"",
          "\"<script>\"",
          "\"'; DROP TABLE orders; --\"",
          "\"nul\\u0000\"",
          "\"half\\udfff\"",
          "\"ümlaut\"",
          "\"" + "n".repeat(65) + "\"",
          "\"" + LONG + "\"",
          "7",
          "{}");

  static final List<String> NOT_A_URL =
      with(
          NOT_A_TEXT,
          "\"ftp://127.0.0.1/x\"",
          "\"file:///etc/passwd\"",
          "\"javascript:alert(1)\"",
          "\"jar:http://127.0.0.1/x!/\"",
          "\"http://\"",
          "\"http:///nohost\"",
          "\"http:opaque\"",
          "\"//127.0.0.1/x\"",
          "\"/relative\"",
          "\"not a url\"",
          "\"http://ann:secret@127.0.0.1/\"",
          "\"http://127.0.0.1:99999/\"",
          "\"http://127.0.0.1:0/\"",
          "\"http://127.0.0.1/#part\"",
          "\"http://127.0.0.1/\\r\\nX: y\"",
          "\"http://[::1/\"",
          "\"http://127.0.0.1/" + LONG + "\"");

  static final List<String> NOT_JSON =
      List.of(
          "{",
          "{\"id\":",
          "}",
          "{} {}",
          "{}x",
          "{'id':'a'}",
          "{\"id\":NaN}",
          "{\"id\":01}",
          "{\"id\":\"a\",}",
          "{\"id\":\"a\",\"id\":\"b\"}",
          "{\"id\":\"\\x\"}",
          "{\"id\":\"a\nb\"}",
          "<id>a</id>",
          "[".repeat(100_000),
          "{\"id\":".repeat(50_000),
          "[".repeat(5_000) + "]".repeat(5_000),
          "{\"id\":1" + "0".repeat(200_000) + "}",
          "{\"" + LONG + "\":1}");

  private Values() {}

  private static List<String> with(List<String> first, String... more) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }
}
