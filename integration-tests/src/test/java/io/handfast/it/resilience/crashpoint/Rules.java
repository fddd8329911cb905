package io.handfast.it.resilience.crashpoint;

import java.util.ArrayList;
import java.util.List;

/** The rules of Byteman's that make points; {@code {first}} stands for a participant's name. */
final class Rules {
  private static final String RESOURCE = "io.handfast.participant.NamedXaResource";
  private static final String BRANCH = "io.handfast.commit.BrokerBranches$Branch";
  private static final String LOG = "io.handfast.log.FileDecisionLog";
  private static final String DIRECTORY = "io.handfast.log.LogDirectory";
  private static final String FILE = "io.handfast.log.Segment";
  private static final String WRITING = "write(java.nio.ByteBuffer,long)";
  private static final String BROKERS_CALLS =
      "org.apache.activemq.artemis.core.protocol.core.impl.ActiveMQSessionContext";
  private static final String ID = "$1.getGlobalTransactionId()";

  /** The steps that participants are asked for at the same time. */
  private static final List<String> IN_TURN = List.of("prepare", "commit");

  private static final String PARK_ONCE = "IF first(\"point\") DO park()";
  private static final String DECIDED = "passed(\"decision\")";

  /** Notes that a decision begins to be written. */
  private static final String DECISION =
      rule(LOG, "decide", "AT ENTRY", "IF first(\"decision\") DO NOTHING");

  private Rules() {}

  /** Holds the thread that asks a participant for a step, when its turn has come. */
  static List<String> asking(String step, String participant) {
    String isItsTurn = IN_TURN.contains(step) ? " AND " + call("inTurn", step) : "";
    String ofIt =
        "IF is($0, \"%s\")%s AND first(\"point\") DO park()".formatted(participant, isItsTurn);
    return List.of(rule(RESOURCE, step, "AT ENTRY", ofIt));
  }

  /** Holds the thread that takes a step of a unit that a local commit decides. */
  static String ofLocalCommit(String step, String where) {
    return switch (step) {
      case "prepare" -> rule(BRANCH, "prepareNow", where, PARK_ONCE);
      case "decide" -> rule("io.handfast.commit.UnitSteps", step, where, PARK_ONCE);
      default -> rule(BRANCH, step, where, PARK_ONCE);
    };
  }

  static List<String> beforeEnd() {
    return List.of(rule("io.handfast.atomikos.AtomikosTransaction", "end", "AT ENTRY", PARK_ONCE));
  }

  static List<String> beforeDecision() {
    return List.of(rule(LOG, "decide", "AT ENTRY", PARK_ONCE));
  }

  static List<String> afterDecision() {
    return List.of(rule(LOG, "decide", "AT EXIT", PARK_ONCE));
  }

  /** Holds the thread that writes the first decision when the first half of it is in the file. */
  static List<String> tornDecision() {
    String tear = "IF %s AND first(\"tear\") DO tear($1)".formatted(DECIDED);
    String park = "IF passed(\"tear\") AND first(\"point\") DO park(); mend($1)";
    return List.of(
        DECISION,
        rule(FILE, WRITING, "AT INVOKE write", tear),
        rule(FILE, WRITING, "AFTER INVOKE write", park));
  }

  /** Makes the writing of the first decision fail, before a byte of it is in the file. */
  static List<String> fullDisk() {
    String full = "reach(); throw new java.io.IOException(\"No space left on device\")";
    return List.of(
        DECISION,
        rule(
            FILE,
            WRITING,
            "AT ENTRY",
            "IF %s AND first(\"failure\") DO %s".formatted(DECIDED, full)));
  }

  static List<String> beforeForce() {
    return onceDecided(FILE, "force", "AT ENTRY");
  }

  static List<String> beforeForget() {
    return onceDecided(LOG, "confirmed", "AT ENTRY");
  }

  /** The log compacts after the first decision, however small it is. */
  static List<String> compacting(String step, String where) {
    String isLarge = "IF %s AND NOT passed(\"point\") DO RETURN TRUE".formatted(DECIDED);
    return List.of(
        DECISION,
        rule(LOG, "isLarge", "AT ENTRY", isLarge),
        rule(DIRECTORY, step, where, onceDecided()));
  }

  private static List<String> onceDecided(String type, String method, String where) {
    return List.of(DECISION, rule(type, method, where, onceDecided()));
  }

  private static String onceDecided() {
    return "IF %s AND first(\"point\") DO park()".formatted(DECIDED);
  }

  /** Makes a participant's resource answer with a code, before or after it does its work. */
  static List<String> answering(String step, String participant, String where, int code) {
    return List.of(
        failing(
            step,
            participant,
            where,
            "reach(); throw new javax.transaction.xa.XAException(%d)".formatted(code)));
  }

  /** Makes a participant that has nothing to do say so. */
  static List<String> readOnly(String participant) {
    return List.of(
        failing("prepare", participant, "AT ENTRY", "reach(); $0.rollback($1); RETURN 3"));
  }

  /** Makes a participant vote no, and holds the thread that then asks the other to roll back. */
  static List<String> rollingBack(String other, String voter) {
    String no = "throw new javax.transaction.xa.XAException(100)";
    return List.of(failing("prepare", voter, "AT ENTRY", no), beforeRollbackAt(other));
  }

  /** The broker's client stops its session first, which has an answer of its own. */
  private static String beforeRollbackAt(String participant) {
    String once = "IF passed(\"failure\") AND first(\"point\") DO park()";
    return participant.equals("broker")
        ? rule(BROKERS_CALLS, "xaRollback", "AT ENTRY", once)
        : rule(driverOf(participant), signature("rollback"), "AT ENTRY", once);
  }

  private static String failing(String step, String participant, String where, String how) {
    String once = "IF isBranch($1.getFormatId()) AND first(\"failure\") DO " + how;
    return rule(driverOf(participant), signature(step), where, once);
  }

  /** Holds recovery before it asks a participant to end a branch. */
  static List<String> recovering(String step, String participant) {
    String once = "IF isBranch($1.getFormatId()) AND first(\"point\") DO park()";
    return List.of(rule(driverOf(participant), signature(step), "AT ENTRY", once));
  }

  /** Holds recovery between its two participants. */
  static List<String> betweenParticipants() {
    String second = "IF NOT first(\"one\") AND first(\"point\") DO park()";
    return List.of(
        rule(
            "io.handfast.recovery.RecoveryScan",
            "scan(io.handfast.participant.Participant)",
            "AT ENTRY",
            second));
  }

  /** Holds recovery before it lets the log forget a decision. */
  static List<String> beforeRecoveryForgets() {
    return List.of(rule(LOG, "confirmed", "AT ENTRY", PARK_ONCE));
  }

  /** What every coordinator under test writes down, with one participant after the other. */
  static List<String> trace() {
    List<String> rules = new ArrayList<>();
    rules.add(always("start", "AT ENTRY", "started($0, %s); %s".formatted(ID, trace("start"))));
    for (String step : IN_TURN) {
      rules.add(always(step, "AT EXIT", call("done", step)));
      rules.add(always(step, "AT EXCEPTION EXIT", call("done", step)));
    }
    rules.add(rule(RESOURCE, "prepare", "AT EXIT", "IF $! == 3 DO " + call("done", "commit")));
    rules.add(always("prepare", "AT ENTRY", call("inTurn", "prepare") + "; " + trace("prepare")));
    rules.add(always("commit", "AT ENTRY", call("inTurn", "commit")));
    rules.add(always("commit", "AT EXIT", trace("committed")));
    return rules;
  }

  private static String always(String step, String where, String action) {
    return rule(RESOURCE, step, where, "IF TRUE DO " + action);
  }

  private static String trace(String step) {
    return call("trace", step);
  }

  /** A call of the helper's about a step of the resource at hand. */
  private static String call(String method, String step) {
    return "%s(\"%s\", $0, %s)".formatted(method, step, ID);
  }

  private static String driverOf(String participant) {
    return participant.equals("broker")
        ? "org.apache.activemq.artemis.core.client.impl.ClientSessionImpl"
        : "org.postgresql.xa.PGXAConnection";
  }

  private static String signature(String step) {
    String xid = "javax.transaction.xa.Xid";
    return step.equals("commit") ? "commit(" + xid + ",boolean)" : step + "(" + xid + ")";
  }

  private static String rule(String type, String method, String where, String body) {
    String name = String.join(" ", type, method, where, Integer.toHexString(body.hashCode()));
    return """
        RULE %s
        CLASS %s
        METHOD %s
        HELPER %s
        %s
        %s
        ENDRULE
        """
        .formatted(
            name,
            type,
            method,
            CrashPointHelper.class.getName(),
            where,
            body.replaceFirst(" DO ", "\nDO "));
  }
}
