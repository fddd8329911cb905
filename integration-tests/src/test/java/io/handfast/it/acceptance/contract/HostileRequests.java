package io.handfast.it.acceptance.contract;

import static io.handfast.it.acceptance.contract.Hostile.each;
import static io.handfast.it.acceptance.contract.Hostile.invalid;
import static io.handfast.it.acceptance.contract.Hostile.refused;
import static io.handfast.it.acceptance.contract.Hostile.unreadable;

import io.handfast.it.harness.Call;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What people send who mean harm, or whose program is broken.
 *
 * <p>The requests expect the world that {@link HostileRequestsIT} builds: an active transaction
 * {@code open}, others {@code committed} and {@code rolled-back}, a delivery {@code pulled} in the
 * style pull with the message of a {@code held} transaction in flight, and {@code weak} at least
 * once.
 */
final class HostileRequests {
  private static final String DELIVERY = "/v1/deliveries/evil";
  private static final String TRANSACTIONS = "/v1/transactions";
  private static final String OPEN = TRANSACTIONS + "/open";
  private static final String MESSAGES = "/v1/queues/orders/messages";
  private static final String SINK = "'sink':{'statements':['DELETE FROM orders WHERE id = :id']}";
  private static final String SOURCE = "'source':{'queue':'evil.in'}";

  private final List<Hostile> all = new ArrayList<>();

  private HostileRequests() {
    deliverySpecifications();
    deliveryCalls();
    beginnings();
    messages();
    statements();
    participants();
    illegalTransitions();
    queues();
    recovery();
    comparisons();
    bodies();
    paths();
    headers();
  }

  static List<Hostile> all() {
    return List.copyOf(new HostileRequests().all);
  }

  private void deliverySpecifications() {
    delivery("source", "{'source':~," + SINK + "}", Values.NOT_AN_OBJECT);
    delivery("source.queue", "{'source':{'queue':~}," + SINK + "}", Values.NOT_A_QUEUE);
    delivery("source.selector", "{'source':{'queue':'a','selector':~}," + SINK + "}", SELECTORS);
    delivery("sink.statements", "{" + SOURCE + ",'sink':{'statements':~}}", NO_STATEMENTS);
    delivery("sink.statements[0]", "{" + SOURCE + ",'sink':{'statements':[~]}}", STATEMENTS);
    delivery(
        "sink.database", "{" + SOURCE + ",'sink':{'database':~,'statements':['x']}}", DATABASES);
    delivery("guarantee", "{" + SOURCE + "," + SINK + ",'guarantee':~}", Values.NOT_A_CHOICE);
    delivery("protocol", "{" + SOURCE + "," + SINK + ",'protocol':~}", Values.NOT_A_CHOICE);
    delivery("style", "{" + SOURCE + "," + SINK + ",'style':~}", Values.NOT_A_CHOICE);
    delivery("consumers", "{" + SOURCE + "," + SINK + ",'consumers':~}", Values.NOT_A_COUNT);
    delivery("batch", "{" + SOURCE + "," + SINK + ",'batch':~}", Values.NOT_A_COUNT.subList(0, 7));
    delivery("retry.attempts", "{" + SOURCE + "," + SINK + ",'retry':{'attempts':~}}", TOO_MANY);
    delivery(
        "retry.delay", "{" + SOURCE + "," + SINK + ",'retry':{'delay':~}}", Values.NOT_A_DURATION);
    delivery("handler.url", "{" + SOURCE + ",'handler':{'url':~}}", Values.NOT_A_URL);
    delivery("forward.queue", "{" + SOURCE + ",'forward':{'queue':~}}", OWN_QUEUE);
    delivery(
        "deadLetter.queue", "{" + SOURCE + "," + SINK + ",'deadLetter':{'queue':~}}", OWN_QUEUE);
    delivery(
        "colour", "{" + SOURCE + "," + SINK + ",'colour':~}", List.of("\"blue\"", "null", "{}"));
    delivery("sink", "{" + SOURCE + ",'style':'pull'," + SINK + "~}", List.of("", " "));
    delivery("sink", "{" + SOURCE + "~}", List.of(""));
    for (String name :
        List.of(
            "..%2f..%2fetc%2fpasswd",
            "a%20b",
            "%00",
            "'%3B%20DROP%20TABLE%20orders%3B%20--",
            "n".repeat(65),
            "n".repeat(3_000),
            "%F0%9F%92%A3",
            "-a")) {
      all.add(
          new Hostile(
              Call.json("PUT", "/v1/deliveries/" + name, quoted("{" + SOURCE + "," + SINK + "}")),
              400,
              "invalid-delivery",
              "name"));
    }
    all.add(
        refused(
            Call.json("PUT", "/v1/deliveries/orders", quoted("{" + SOURCE + "," + SINK + "}")),
            409,
            "delivery-declared-in-configuration"));
    all.add(
        refused(
            Call.of("DELETE", "/v1/deliveries/orders"), 409, "delivery-declared-in-configuration"));
  }

  private void comparisons() {
    for (String count : List.of("size", "consumers", "rounds", "rate")) {
      comparison(count, "{'" + count + "':~}", Values.NOT_A_COUNT);
    }
    comparison("messages", "{'messages':~}", NO_MESSAGES);
    comparison("batch", "{'batch':~}", NO_BATCHES);
    comparison("batch[1]", "{'batch':[1,~]}", List.of("0", "1001", "\"2\"", "null", "1e400"));
    comparison("guarantees", "{'guarantees':~}", List.of("[]", "{}", "\"idempotency\"", "1"));
    comparison("guarantees[0]", "{'guarantees':[~]}", Values.NOT_A_CHOICE);
    comparison("database", "{'database':~}", DATABASES);
    comparison("id", "{'id':~}", List.of("\"mine\"", "null"));
    for (String id : List.of("nobody", "..%2f..%2fetc%2fpasswd", "%00", "n".repeat(2_000))) {
      String path = "/v1/comparisons/" + id;
      all.add(refused(Call.of("GET", path), 404, "comparison-not-found"));
      all.add(refused(Call.of("GET", path + "/chart.svg"), 404, "comparison-not-found"));
      all.add(refused(Call.of("POST", path + "/cancel"), 404, "comparison-not-found"));
    }
  }

  private static final List<String> NO_MESSAGES =
      List.of("0", "-1", "1.5", "1e2", "1000001", "99999999999999999999999", "\"many\"", "[1]");
  private static final List<String> NO_BATCHES =
      List.of("0", "1001", "[]", "[1,1]", "[1,2,3,4,5,6,7,8,9]", "{}", "\"many\"", "true");

  private void comparison(String field, String body, List<String> values) {
    Call call = Call.json("POST", "/v1/comparisons", quoted(body));
    all.addAll(each(new Hostile(call, 400, "invalid-request", field), values));
  }

  private static final List<String> SELECTORS =
      List.of(
          "1",
          "\"\"",
          "\"(\"",
          "\"a = \"",
          "\"'\"",
          "\"1; DROP TABLE orders\"",
          "\"" + "(".repeat(20_000) + "\"");
  private static final List<String> NO_STATEMENTS =
      List.of("[]", "{}", "\"DELETE FROM orders\"", "1", "true");
  private static final List<String> STATEMENTS =
      List.of(
          "1",
          "null",
          "\"\"",
          "\"DROP TABLE orders; DROP TABLE orders\"",
          "\"COMMIT\"",
          "\"ROLLBACK\"",
          "\"SELECT \\u0027\"",
          "\"nonsense\"",
          "\"INSERT INTO nowhere VALUES (1)\"",
          "\"SELECT " + "(".repeat(20_000) + "\"",
          "\"SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + "\"",
          "\"SELECT " + Values.LONG + "\"",
          "\"SELECT /*\"");
  private static final List<String> DATABASES =
      List.of("1", "\"\"", "\"nowhere\"", "\"../orders\"");
  private static final List<String> TOO_MANY =
      List.of("0", "-1", "10001", "1e400", "\"five\"", "[]");
  private static final List<String> OWN_QUEUE =
      List.of("\"evil.in\"", "\"\"", "7", "\"a b\"", "\"activemq.management\"");

  private void delivery(String field, String body, List<String> values) {
    Call call = Call.json("PUT", DELIVERY, quoted(body));
    all.addAll(each(new Hostile(call, 400, "invalid-delivery", field), values));
  }

  private void deliveryCalls() {
    for (String name :
        List.of("nobody", "'%20OR%20'1'='1", "..%2f..%2fdata", "%00", "n".repeat(2_000))) {
      all.add(refused(Call.of("GET", "/v1/deliveries/" + name), 404, "delivery-not-found"));
    }
    for (String call : List.of("pause", "resume", "receive")) {
      all.add(refused(Call.of("POST", "/v1/deliveries/nobody/" + call), 404, "delivery-not-found"));
    }
    all.add(refused(Call.of("DELETE", "/v1/deliveries/nobody"), 404, "delivery-not-found"));
    query(
        "POST",
        "/v1/deliveries/pulled/receive",
        "max",
        "0",
        "-1",
        "1001",
        "1.5",
        "many",
        "1e400",
        "",
        "9".repeat(3_000));
    query("POST", "/v1/deliveries/pulled/receive", "wait", "soon", "PT2M", "PT-1S", "5");
    query("POST", "/v1/deliveries/pulled/receive", "lease", "PT2H", "-PT1S", "P1Y");
    query(
        "POST",
        "/v1/deliveries/pulled/receive",
        "transaction",
        "a%20b",
        "%00",
        "..",
        "x".repeat(65),
        "%0d%0aX:%20y",
        "");
    query("POST", "/v1/deliveries/pulled/receive", "colour", "blue");
    query("GET", "/v1/deliveries", "limit", "5");
    query("GET", "/v1/deliveries/pulled", "verbose", "true");
    query("DELETE", "/v1/deliveries/pulled", "keepSubscription", "maybe", "1", "");
    query("POST", "/v1/deliveries/pulled/pause", "force", "true");
    query("POST", "/v1/drain", "force", "true");
    query("DELETE", "/v1/drain", "wait", "PT1S");
    all.add(invalid(Call.of("POST", "/v1/deliveries/pulled/receive?max=1&max=2"), "max"));
    all.add(refused(Call.of("POST", "/v1/deliveries/orders/receive"), 409, "delivery-not-running"));
  }

  private void query(String method, String path, String parameter, String... values) {
    for (String value : values) {
      all.add(
          invalid(
              Call.of(method, path + (path.contains("?") ? "&" : "?") + parameter + "=" + value),
              parameter));
    }
  }

  private void beginnings() {
    body(TRANSACTIONS, "id", "{'id':~}", Values.NOT_A_NAME);
    body(TRANSACTIONS, "timeout", "{'timeout':~}", Values.NOT_A_DURATION);
    body(TRANSACTIONS, "timeout", "{'timeout':~}", List.of("\"PT1H1S\"", "\"P30D\""));
    body(TRANSACTIONS, "admin", "{'admin':~}", List.of("true", "null"));
    body(TRANSACTIONS, "body", "~", List.of("[]", "1", "\"id\"", "null", "true", "1e400"));
    query("GET", TRANSACTIONS, "status", "gone", "ACTIVE", "", "'%20OR%201=1");
    query("GET", TRANSACTIONS, "limit", "0", "1001", "x", "-1");
    query("GET", TRANSACTIONS, "order", "id");
    for (String id :
        List.of(
            "nobody",
            "'%20OR%20'1'='1",
            "%00",
            "%c3%28",
            "%ED%A0%80",
            "a/b".replace("/", "%2F"),
            "x".repeat(3_000))) {
      all.add(refused(Call.of("GET", TRANSACTIONS + "/" + id), 404, "transaction-not-found"));
      all.add(
          refused(
              Call.of("POST", TRANSACTIONS + "/" + id + "/commit"), 404, "transaction-not-found"));
    }
  }

  private void body(String path, String field, String body, List<String> values) {
    Call call = Call.json("POST", path, quoted(body));
    all.addAll(each(invalid(call, field), values));
  }

  private void messages() {
    body(OPEN + "/messages", "queue", "{'queue':~,'body':'b'}", Values.NOT_A_QUEUE);
    body(OPEN + "/messages", "queue", "{'body':~}", List.of("\"b\""));
    body(OPEN + "/messages", "body", "{'queue':'q'~}", List.of("", ",\"body\":null"));
    body(
        OPEN + "/messages",
        "headers",
        "{'queue':'q','body':'b','headers':~}",
        Values.NOT_AN_OBJECT);
    for (String name :
        List.of(
            "JMSType",
            "JMSXDeliveryCount",
            "_AMQ_ResourceName",
            "_AMQ_OperationName",
            "_AMQ_SCHED_DELIVERY",
            "_AMQ_DUPL_ID",
            "handfast_failures",
            "handfast_id",
            "a b",
            "a-b",
            "1a",
            "NULL",
            "and",
            "x\\r\\nInjected",
            "nul\\u0000",
            "n".repeat(129))) {
      body(
          OPEN + "/messages",
          unescaped("headers." + name),
          "{'queue':'q','body':'b','headers':{'" + name + "':~}}",
          List.of("\"v\""));
    }
    body(
        OPEN + "/messages",
        "headers.x",
        "{'queue':'q','body':'b','headers':{'x':~}}",
        List.of("{}", "[]", "null", "1e400"));
    body(
        OPEN + "/messages",
        "headers",
        "{'queue':'q','body':'b','headers':{'x':~}}",
        List.of("\"" + Values.LONG + "\""));
    query(
        "POST",
        OPEN + "/receive",
        "queue",
        "",
        "a%20b",
        "%23",
        "a::b",
        "activemq.management",
        "%00");
    all.add(invalid(Call.of("POST", OPEN + "/receive"), "queue"));
    query("POST", OPEN + "/receive?queue=orders", "max", "0", "x");
  }

  private static String unescaped(String field) {
    return field.replace("\\r\\n", "\r\n").replace("\\u0000", "\0");
  }

  private void statements() {
    String path = OPEN + "/statements";
    body(
        path,
        "statement",
        "{~}",
        List.of(
            "",
            "\"sql\":\"SELECT 1\",\"statement\":\"s\"",
            "\"statement\":\"nothing\"",
            "\"statement\":1"));
    body(
        path,
        "sql",
        "{'sql':~}",
        List.of(
            "1",
            "\"\"",
            "\"COMMIT\"",
            "\"ROLLBACK\"",
            "\"SELECT 1; DROP TABLE orders\"",
            "\"SELECT \\u0027\"",
            "\"SELECT /*\"",
            "[]"));
    body(path, "database", "{'sql':'SELECT 1','database':~}", DATABASES);
    body(
        path,
        "parameters",
        "{'sql':'SELECT 1','parameters':~}",
        List.of("[]", "{}", "1", "[1]", "[[]]", "\"'; DROP TABLE orders; --\""));
    body(
        path,
        "generatedKeys",
        "{'sql':'SELECT 1','generatedKeys':~}",
        List.of("[]", "\"id\"", "{}"));
    for (String sql :
        List.of(
            "DROP TABLE nowhere",
            "nonsense",
            "SELECT * FROM nowhere",
            "INSERT INTO orders(id) VALUES (NULL)",
            "SELECT 1/0",
            "SELECT " + "(".repeat(20_000),
            "SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000),
            "SHUTDOWN IMMEDIATEL")) {
      all.add(
          refused(
              Call.json("POST", path, quoted("{'sql':'" + sql + "'}")), 400, "statement-refused"));
    }
    all.add(
        refused(
            Call.json(
                "POST",
                path,
                quoted(
                    "{'sql':'INSERT INTO orders(id, qty) VALUES (:id, :qty)','parameters':[{'id':'x','qty':1e400}]}")),
            400,
            "statement-refused"));
  }

  private void participants() {
    body(OPEN + "/participants", "url", "{'name':'p','url':~}", Values.NOT_A_URL);
    body(
        OPEN + "/participants",
        "name",
        "{'url':'http://127.0.0.1:1/','name':~}",
        Values.NOT_A_NAME);
    all.add(refused(Call.of("GET", OPEN + "/participants/nobody"), 404, "participant-not-found"));
    all.add(
        refused(
            Call.json("PUT", OPEN + "/participants/nobody", "{\"url\":\"http://127.0.0.1:1/\"}"),
            404,
            "participant-not-found"));
    all.add(
        invalid(Call.json("PUT", OPEN + "/participants/nobody", "{\"url\":\"ftp://a/\"}"), "url"));
    String service = "{\"name\":\"bank\",\"url\":\"http://127.0.0.1:1/\"}";
    all.add(
        refused(
            Call.json("POST", TRANSACTIONS + "/held-weakly/participants", service),
            409,
            "participant-refused"));
  }

  private void illegalTransitions() {
    for (String ended : List.of("committed", "rolled-back")) {
      String path = TRANSACTIONS + "/" + ended;
      String problem = ended.equals("committed") ? "already-committed" : "rolled-back";
      all.add(refused(Call.of("POST", path + "/receive?queue=orders"), 409, problem));
      all.add(
          refused(
              Call.json("POST", path + "/messages", "{\"queue\":\"q\",\"body\":\"b\"}"),
              409,
              problem));
      all.add(
          refused(
              Call.json("POST", path + "/statements", "{\"sql\":\"DELETE FROM orders\"}"),
              409,
              problem));
      all.add(
          refused(
              Call.json(
                  "POST",
                  path + "/participants",
                  "{\"name\":\"p\",\"url\":\"http://127.0.0.1:1/\"}"),
              409,
              problem));
      all.add(refused(Call.json("POST", path + "/extend", "{\"timeout\":\"PT1M\"}"), 409, problem));
      all.add(refused(Call.json("POST", path + "/messages/ID:1/refuse", "{}"), 409, problem));
    }
    all.add(refused(Call.of("POST", TRANSACTIONS + "/rolled-back/commit"), 409, "rolled-back"));
    all.add(
        refused(Call.of("POST", TRANSACTIONS + "/committed/rollback"), 409, "already-committed"));
    for (String message : List.of("ID:1", "%00", "'%20OR%201=1", "..%2f..")) {
      all.add(
          refused(
              Call.json("POST", TRANSACTIONS + "/held/messages/" + message + "/refuse", "{}"),
              404,
              "message-not-found"));
    }
    body(TRANSACTIONS + "/held/messages/ID:1/refuse", "cause", "{'cause':~}", Values.NOT_A_TEXT);
    body(OPEN + "/extend", "timeout", "{'timeout':~}", List.of("\"PT2H\"", "\"never\"", "1"));
  }

  private void queues() {
    for (String queue :
        List.of(
            "a%20b",
            "%23",
            "%2A",
            "a::b",
            "%00",
            "%0a",
            "%ED%A0%80",
            "q".repeat(256),
            "q".repeat(3_000),
            "a%3Fexclusive=true",
            "activemq.management")) {
      all.add(invalid(Call.of("GET", "/v1/queues/" + queue), "queue"));
      all.add(invalid(Call.json("POST", "/v1/queues/" + queue + "/messages", "{}"), "queue"));
    }
    Call send = Call.json("POST", MESSAGES, "{}");
    for (String id : List.of("i".repeat(256), "i".repeat(2_000))) {
      all.add(invalid(send.with("Handfast-Message-Id", id), "Handfast-Message-Id"));
    }
    query("GET", "/v1/queues/orders", "max", "1");
    all.add(refused(Call.of("POST", MESSAGES).body("{}"), 415, "unsupported-media-type"));
  }

  private void recovery() {
    for (String xid :
        List.of(
            "1",
            "1-zz-zz",
            "'%20OR%201=1",
            "%00",
            "x".repeat(3_000),
            "1-00-00-00",
            "99999999999-00-00")) {
      all.add(invalid(Call.of("POST", "/v1/recovery/in-doubt/" + xid + "/commit"), "xid"));
    }
    for (String action : List.of("commit", "rollback", "forget")) {
      String path = "/v1/recovery/in-doubt/1-6162-6162/" + action;
      all.add(refused(Call.of("POST", path), 409, "branch-not-ours"));
      query("POST", path, "force", "yes", "1", "TRUE");
      body(path, "who", "{'who':~}", List.of("1", "\"\"", "[]"));
      body(path, "how", "{'how':~}", List.of("\"so\""));
    }
    all.add(
        refused(Call.of("POST", "/v1/recovery/in-doubt/1-6162-6162/explode"), 404, "not-found"));
  }

  private void bodies() {
    for (String text : Values.NOT_JSON) {
      all.add(invalid(Call.json("POST", TRANSACTIONS, text), "body"));
      all.add(invalid(Call.json("PUT", DELIVERY, text), "body"));
    }
    byte[] notUtf8 = {
      '{', '"', 'i', 'd', '"', ':', '"', (byte) 0xc3, (byte) 0x28, (byte) 0xff, '"', '}'
    };
    byte[] overlong = {'"', (byte) 0xc0, (byte) 0x80, '"'};
    byte[] surrogate = {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'};
    for (byte[] bytes : List.of(notUtf8, overlong, surrogate)) {
      all.add(invalid(Call.json("POST", TRANSACTIONS, "").body(bytes), "body"));
      all.add(invalid(Call.json("POST", MESSAGES, "").body(bytes), "body"));
      all.add(
          invalid(
              Call.of("POST", MESSAGES).with("Content-Type", "application/x-ndjson").body(bytes),
              "body"));
    }
    all.add(
        invalid(
            Call.json("POST", TRANSACTIONS, "")
                .body("{\"id\":\"a\"}".getBytes(StandardCharsets.UTF_16)),
            "body"));
    String huge =
        "{\"source\":{\"queue\":\"a\"},\"style\":\"pull\",\"x\":\"" + "x".repeat(8_000_000) + "\"}";
    all.add(refused(Call.json("PUT", DELIVERY, huge), 413, "request-too-large"));
    String large = huge.replace("x".repeat(7_500_000), "");
    all.add(new Hostile(Call.json("PUT", DELIVERY, large), 400, "invalid-delivery", "x"));
    Call tooLarge = Call.json("POST", MESSAGES, "").with("Content-Length", "300000000");
    all.add(refused(tooLarge, 413, "request-too-large"));
    for (String type :
        List.of(
            "text/html",
            "application/xml",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
            "image/png")) {
      all.add(
          refused(
              Call.of("POST", TRANSACTIONS).with("Content-Type", type).body("{}"),
              415,
              "unsupported-media-type"));
      all.add(
          refused(
              Call.of("POST", MESSAGES).with("Content-Type", type).body("{}"),
              415,
              "unsupported-media-type"));
    }
    all.add(
        refused(
            Call.json("POST", TRANSACTIONS, "{}")
                .with("Content-Type", "application/json; charset=none-such"),
            415,
            "unsupported-media-type"));
    all.add(
        refused(
            Call.json("POST", TRANSACTIONS, "{}").with("Content-Type", "///"),
            415,
            "unsupported-media-type"));
  }

  private void paths() {
    for (String path :
        List.of(
            "/v1",
            "/v1/",
            "/v2/transactions",
            "/v1/nothing",
            "/v1/deliveries/a/b/c",
            "/v1/../../etc/passwd",
            "/v1/..%2f..%2fetc%2fpasswd",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/v1/transactions;drop=1/x/y",
            "/WEB-INF/web.xml",
            "/.env",
            "/v1/checks/%00",
            "/q/nothing",
            "/v1/recovery/log/x",
            "/v1/drain/x")) {
      all.add(refused(Call.of("GET", path), 404, "not-found"));
    }
    for (String line :
        List.of(
            "DELETE /v1/deliveries",
            "PATCH /v1/deliveries/orders",
            "POST /v1/deliveries/orders",
            "PUT /v1/transactions",
            "DELETE /v1/transactions/open",
            "GET /v1/transactions/open/commit",
            "DELETE /v1/queues/orders",
            "GET /v1/queues/orders/messages",
            "POST /v1/checks",
            "POST /v1/recovery",
            "DELETE /v1/recovery/log",
            "PUT /v1/drain",
            "TRACE /v1/transactions",
            "FOO /v1/transactions",
            "CONNECT /v1/transactions")) {
      String[] words = line.split(" ");
      all.add(refused(Call.of(words[0], words[1]), 405, "method-not-allowed"));
    }
    for (String path :
        List.of(
            "/v1/deliveries/%",
            "/v1/deliveries/%zz",
            "/v1/deliveries/a b".replace(" ", "|"),
            "/v1/transactions?status=%zz")) {
      all.add(unreadable(Call.of("GET", path), 400));
    }
  }

  private void headers() {
    preconditions();
    Call elsewhere = Call.of("GET", TRANSACTIONS + "/other.00000000.1abcd.1");
    all.add(refused(elsewhere, 421, "wrong-node"));
    for (String accept : List.of("text/html", "application/xml", "image/*")) {
      all.add(refused(Call.of("GET", TRANSACTIONS).with("Accept", accept), 406, "not-acceptable"));
    }
    all.add(
        refused(Call.of("GET", TRANSACTIONS).with("Accept", "nonsense"), 406, "not-acceptable"));
    for (String host : List.of("a b", "localhost:99999")) {
      all.add(refused(Call.of("GET", TRANSACTIONS).with("Host", host), 400, "invalid-request"));
    }
    all.add(refused(Call.of("OPTIONS", "*"), 404, "not-found"));
    all.add(unreadable(Call.of("GET", TRANSACTIONS).with("X-Long", "x".repeat(60_000)), 431));
    all.add(unreadable(Call.of("GET", "/v1/deliveries/" + "n".repeat(20_000)), 414));
    all.add(
        unreadable(Call.json("POST", MESSAGES, "{}").with("Handfast-Message-Id", "a\u0001b"), 400));
    all.add(unreadable(Call.json("POST", MESSAGES, "{}").with("Content-Length", "-1"), 400));
    all.add(unreadable(Call.json("POST", MESSAGES, "{}").with("Content-Length", "many"), 400));
  }

  private void preconditions() {
    Call put =
        Call.json(
            "PUT", "/v1/deliveries/pulled", quoted("{'source':{'queue':'x'},'style':'pull'}"));
    Call delete = Call.of("DELETE", "/v1/deliveries/pulled");
    for (Call call : List.of(put, delete)) {
      for (String tag : List.of("\"nothing\"", "W/\"nothing\"", "\"a\", \"b\"", "\"\"")) {
        all.add(refused(call.with("If-Match", tag), 412, "precondition-failed"));
      }
      all.add(refused(call.with("If-None-Match", "*"), 412, "precondition-failed"));
      for (String tag : List.of("nothing", "\"a", "\"a\" \"b\"", "*, \"a\"", "w/\"a\"", ",")) {
        all.add(invalid(call.with("If-Match", tag), "If-Match"));
        all.add(invalid(call.with("If-None-Match", tag), "If-None-Match"));
      }
    }
    Call create = Call.json("PUT", DELIVERY, quoted("{" + SOURCE + "," + SINK + "}"));
    all.add(refused(create.with("If-Match", "*"), 412, "precondition-failed"));
  }

  /** Single quotes stand for double ones, so that JSON is easy to read here. */
  private static String quoted(String json) {
    return json.replace("'", "\"");
  }
}
