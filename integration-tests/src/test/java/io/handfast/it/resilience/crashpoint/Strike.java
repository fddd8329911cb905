package io.handfast.it.resilience.crashpoint;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Tampering;
import io.handfast.it.harness.TcpProxy;
import java.time.Duration;
import java.time.Instant;

/** The damage that is done while a coordinator is held at a point, and its repair. */
final class Strike {
  private static final Duration CLOCK = Duration.ofMinutes(10);

  private final Point point;
  private final Order order;
  private final Fault fault;
  private final Stage stage;
  private final RunnerProcess node;

  Strike(Cell cell, Stage stage) {
    this.point = cell.point();
    this.order = cell.order();
    this.fault = cell.fault();
    this.stage = stage;
    this.node = stage.node();
  }

  /** Does the damage; returns when its repair began. */
  Instant strike() throws Exception {
    return switch (point) {
      case MISSING_AFTER_DECISION, MISSING_BEFORE_DECISION -> missAtTheFirstScan();
      case LATE_IN_FIRST_PREPARE, LATE_IN_SECOND_PREPARE, LATE_BEFORE_DECISION -> beLate();
      case EMPTY_LOG -> loseLog();
      case CLOCK_AHEAD -> moveClock(CLOCK);
      case CLOCK_BACK -> moveClock(CLOCK.negated());
      default ->
          switch (fault) {
            case COORDINATOR_KILLED -> killCoordinator();
            case BROKER_KILLED -> killServer("broker");
            case DATABASE_KILLED -> killServer("database");
            case CONNECTIONS_CUT -> cut();
            case REPLY_LOST -> loseReply();
            case NONE -> unsuspend();
          };
    };
  }

  private Instant unsuspend() throws Exception {
    Instant now = Instant.now();
    stage.trap().unsuspend();
    return now;
  }

  private Instant killCoordinator() throws Exception {
    if (point.isInCall()) {
      beDoneWithoutReply();
    }
    node.kill9();
    if (point.isInCall()) {
      asked().heal();
    }
    return restartCoordinator();
  }

  private Instant restartCoordinator() {
    Instant now = Instant.now();
    node.tamperedWith(Tampering.NONE).start();
    return now;
  }

  private Instant killServer(String participant) throws Exception {
    boolean isInItsCall = point.isInCall() && participant.equals(point.next().asked(order));
    if (isInItsCall) {
      beDoneWithoutReply();
    }
    stage.kill(participant);
    if (isInItsCall) {
      asked().heal();
    } else {
      stage.trap().unsuspend();
    }
    Instant now = Instant.now();
    stage.restart(participant);
    return now;
  }

  private Instant cut() throws Exception {
    if (point.isInCall()) {
      beDoneWithoutReply();
      asked().heal();
    }
    stage.network().cut();
    return unsuspend();
  }

  private Instant loseReply() throws Exception {
    beDoneWithoutReply();
    Instant now = Instant.now();
    asked().heal();
    return now;
  }

  /** Lets the participant that is asked next do it, and its answer get lost. */
  private void beDoneWithoutReply() throws Exception {
    asked().loseReplies();
    stage.trap().unsuspend();
    eventually(
        () ->
            assertThat(point.next().isDone(order, stage.auditor()))
                .as("done by %s", point.next().asked(order))
                .isTrue());
  }

  private TcpProxy asked() {
    return stage.network().to(point.next().asked(order));
  }

  private Instant missAtTheFirstScan() {
    String missing = fault == Fault.BROKER_KILLED ? "broker" : "database";
    node.kill9();
    stage.kill(missing);
    node.tamperedWith(Tampering.NONE).launch();
    node.log().awaitLineWith("participant away participant=" + missing);
    Instant now = Instant.now();
    stage.restart(missing);
    return now;
  }

  private Instant beLate() throws Exception {
    Instant end =
        Instant.parse(
            node.wire().transaction(stage.client().first()).json().path("expires").asText());
    eventually(() -> assertThat(Instant.now()).as("a scan later").isAfter(end.plusSeconds(2)));
    return unsuspend();
  }

  private Instant moveClock(Duration wrong) throws Exception {
    stage.faults().moveClock(wrong);
    return unsuspend();
  }

  private Instant loseLog() {
    node.kill9();
    node.loseData();
    Instant now = restartCoordinator();
    node.log().awaitLineWith("branches of another decision log");
    JsonNode branch = node.wire().recovery().json().path("inDoubt").path(0);
    assertThat(branch.path("participant").asText()).isEqualTo(order.second());
    assertThat(branch.path("decision").asText()).isEqualTo("unknown");
    assertThat(branch.path("safeAction").asText()).isEqualTo("wait");
    String why = "{\"who\":\"ann\",\"why\":\"the other participant has committed\"}";
    int status = node.wire().resolve(branch.path("xid").asText(), "commit", "", why).status();
    assertThat(status).isEqualTo(200);
    return now;
  }
}
