package io.handfast.it.acceptance.contract;

import io.handfast.it.harness.Call;
import java.util.ArrayList;
import java.util.List;

/** One right call of every operation at least, in an order in which each finds what it needs. */
final class Walk {
  private static final String TRANSACTION = "/v1/transactions/walk";
  private static final String MADE = "{made}";
  private static final String BRANCH = "/v1/recovery/in-doubt/1-6162-6162/";

  /**
   * One call.
   *
   * @param operation its id in the document
   */
  record Step(String operation, Call call, int status) {

    /** The same on what the last answer with a location has made. */
    Step at(String location) {
      String target = call.target().replace(MADE, location);
      return new Step(
          operation, new Call(call.method(), target, call.headers(), call.body()), status);
    }
  }

  private final List<Step> steps = new ArrayList<>();

  private Walk() {
    deliveries();
    transactions();
    deadLetters();
    recovery();
    comparisons();
    drain();
  }

  static List<Step> steps() {
    return List.copyOf(new Walk().steps);
  }

  private void deliveries() {
    String specification =
        "{'source':{'queue':'walk.in'},'forward':{'queue':'walk.out'},'guarantee':'at-least-once',"
            + "'consumers':2,'batch':10,'retry':{'attempts':3,'delay':'PT0S'},"
            + "'handler':{'url':'http://127.0.0.1:1/','timeout':'PT5S'},"
            + "'deadLetter':{'queue':'walk.lost'},'sink':{'statements':['DELETE FROM orders']}}";
    json("putDelivery", "PUT", "/v1/deliveries/walk", specification, 201);
    json("putDelivery", "PUT", "/v1/deliveries/walk", specification, 200);
    bare("listDeliveries", "GET", "/v1/deliveries", 200);
    bare("getDelivery", "GET", "/v1/deliveries/walk", 200);
    bare("pauseDelivery", "POST", "/v1/deliveries/walk/pause", 200);
    bare("resumeDelivery", "POST", "/v1/deliveries/walk/resume", 200);
    bare("getPositions", "GET", "/v1/deliveries/walk/position", 409);
    json("setPositions", "POST", "/v1/deliveries/walk/position", "{'to':'earliest'}", 409);
    bare("deleteDelivery", "DELETE", "/v1/deliveries/walk?keepSubscription=true", 204);
    String topic = "{'source':{'topic':'t','subscription':'s'},'style':'pull'}";
    json("putDelivery", "PUT", "/v1/deliveries/walk", topic, 201);
    bare("receiveFromDelivery", "POST", "/v1/deliveries/walk/receive", 204);
    bare("deleteDelivery", "DELETE", "/v1/deliveries/walk", 204);
    json("sendMessages", "POST", "/v1/queues/pulled.in/messages", "{'id':1}", 201);
    String receive = "/v1/deliveries/pulled/receive?max=10&wait=PT5S&lease=PT1M&transaction=p-1";
    bare("receiveFromDelivery", "POST", receive, 200);
  }

  private void transactions() {
    Call lines = Call.of("POST", "/v1/queues/walk/messages").body("{}\n{}\n");
    Call once = lines.with("Content-Type", "application/x-ndjson").with("Handfast-Message-Id", "w");
    steps.add(new Step("sendMessages", once, 201));
    steps.add(new Step("sendMessages", once, 201));
    bare("getQueue", "GET", "/v1/queues/walk", 200);
    json("beginTransaction", "POST", "/v1/transactions", "{'id':'walk','timeout':'PT1M'}", 201);
    json("beginTransaction", "POST", "/v1/transactions", "{'id':'walk'}", 200);
    bare("getTransaction", "GET", TRANSACTION, 200);
    bare("listTransactions", "GET", "/v1/transactions?status=active&limit=1", 200);
    bare("listTransactions", "GET", "/v1/transactions?after=a", 200);
    bare("receiveInTransaction", "POST", TRANSACTION + "/receive?queue=walk&max=2&wait=PT5S", 200);
    bare("receiveInTransaction", "POST", TRANSACTION + "/receive?queue=none", 204);
    String message = "{'queue':'walk.out','body':{'a':1.50},'headers':{'x':1,'y':true,'z':'t'}}";
    json("sendInTransaction", "POST", TRANSACTION + "/messages", message, 201);
    String insert =
        "{'statement':'add-order','parameters':[{'id':'w','item':'tea','qty':1}],"
            + "'generatedKeys':['id']}";
    json("runStatement", "POST", TRANSACTION + "/statements", insert, 200);
    String update = "{'sql':'UPDATE orders SET qty = 2'}";
    json("runStatement", "POST", TRANSACTION + "/statements", update, 200);
    String query = "{'sql':'SELECT * FROM orders WHERE id = :id','parameters':[{'id':'w'}]}";
    json("runStatement", "POST", TRANSACTION + "/statements", query, 200);
    json("extendTransaction", "POST", TRANSACTION + "/extend", "{'timeout':'PT2M'}", 200);
    bare("commitTransaction", "POST", TRANSACTION + "/commit", 200);
    bare("commitTransaction", "POST", TRANSACTION + "/commit", 200);
    json("refuseMessage", "POST", "/v1/transactions/p-1/messages/ID:1/refuse", "{}", 404);
    bare("rollbackTransaction", "POST", "/v1/transactions/p-1/rollback", 200);
    bare("rollbackTransaction", "POST", "/v1/transactions/p-1/rollback", 200);
    bare("commitTransaction", "POST", "/v1/transactions/p-1/commit", 409);
    services();
    bare("listTimelines", "GET", "/v1/timelines?delivery=orders&status=committed&limit=2", 200);
    bare("getTimeline", "GET", "/v1/timelines/local.00000000.1.1", 404);
  }

  private void services() {
    String services = "/v1/transactions/open/participants";
    json("joinTransaction", "POST", services, "{'name':'bank','url':'http://127.0.0.1:1/'}", 201);
    bare("getParticipant", "GET", services + "/bank", 200);
    json("moveParticipant", "PUT", services + "/bank", "{'url':'http://127.0.0.1:2/'}", 200);
    bare("rollbackTransaction", "POST", "/v1/transactions/open/rollback", 200);
  }

  private void deadLetters() {
    bare("listDeadLetterQueues", "GET", "/v1/dead-letters", 200);
    bare("listStoredDeadLetters", "GET", "/v1/dead-letters/database/none", 404);
    bare("replayStoredDeadLetters", "POST", "/v1/dead-letters/database/none/replay", 404);
    json("sendMessages", "POST", "/v1/queues/walk.lost/messages", "{'id':1}", 201);
    bare("listDeadLetters", "GET", "/v1/dead-letters/walk.lost?limit=5", 200);
    json("replayDeadLetters", "POST", "/v1/dead-letters/walk.lost/replay", "{'ids':['ID:1']}", 200);
    json("replayDeadLetters", "POST", "/v1/dead-letters/walk.lost/replay", "{}", 200);
    bare("listenToEvents", "GET", "/v1/events?for=PT2S", 200);
  }

  private void recovery() {
    bare("getRecovery", "GET", "/v1/recovery", 200);
    bare("scanNow", "POST", "/v1/recovery/scans", 200);
    bare("getLog", "GET", "/v1/recovery/log", 200);
    bare("listActs", "GET", "/v1/recovery/acts", 200);
    bare("listNodeParticipants", "GET", "/v1/participants", 200);
    bare("listChecks", "GET", "/v1/checks", 200);
    json("commitBranch", "POST", BRANCH + "commit?force=false", "{'who':'ann','why':'x'}", 409);
    json("rollbackBranch", "POST", BRANCH + "rollback", "{}", 409);
    json("forgetBranch", "POST", BRANCH + "forget", "{}", 409);
  }

  private void comparisons() {
    String comparison =
        "{'messages':1,'size':64,'consumers':1,'batch':[1],'guarantees':['at-most-once'],"
            + "'rounds':1,'rate':10000,'database':'other'}";
    json("startComparison", "POST", "/v1/comparisons", comparison, 202);
    bare("listComparisons", "GET", "/v1/comparisons", 200);
    bare("getComparison", "GET", MADE, 200);
    bare("cancelComparison", "POST", MADE + "/cancel", 200);
    bare("getComparisonChart", "GET", MADE + "/chart.svg", 200);
    bare("getComparisonPage", "GET", MADE + "/page", 303);
    String defaults = "{'batch':2,'messages':1,'rounds':1}";
    json("startComparison", "POST", "/v1/comparisons", defaults, 202);
    json("startComparison", "POST", "/v1/comparisons", "{}", 409);
    bare("cancelComparison", "POST", MADE + "/cancel", 200);
  }

  private void drain() {
    bare("getDrain", "GET", "/v1/drain", 200);
    json("beginTransaction", "POST", "/v1/transactions", "{'id':'drained','timeout':'PT1M'}", 201);
    bare("beginDrain", "POST", "/v1/drain", 200);
    bare("getDrain", "GET", "/v1/drain", 200);
    json("beginTransaction", "POST", "/v1/transactions", "{'id':'late'}", 503);
    bare("receiveFromDelivery", "POST", "/v1/deliveries/pulled/receive", 503);
    bare("resumeDelivery", "POST", "/v1/deliveries/pulled/resume", 503);
    json(
        "putDelivery",
        "PUT",
        "/v1/deliveries/late",
        "{'source':{'queue':'q'},'style':'pull'}",
        503);
    json("startComparison", "POST", "/v1/comparisons", "{}", 503);
    bare("commitTransaction", "POST", "/v1/transactions/drained/commit", 200);
    bare("endDrain", "DELETE", "/v1/drain", 200);
  }

  private void bare(String operation, String method, String target, int status) {
    steps.add(new Step(operation, Call.of(method, target), status));
  }

  private void json(String operation, String method, String target, String body, int status) {
    steps.add(new Step(operation, Call.json(method, target, body.replace('\'', '"')), status));
  }
}
