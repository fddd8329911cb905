package io.handfast.readiness;

import static io.handfast.readiness.Configurations.check;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node is set to; an empty last column passes. */
class NodeChecksTest {

  private static final List<String> OUTSIDE =
      List.of("handfast.broker.url=tcp://b:1", "handfast.database.url=jdbc:postgresql://db/x");

  @ParameterizedTest
  @CsvSource({
    "handfast.broker.url=tcp://${b}:1,   refuses handfast.broker.url",
    "handfast.broker.url=tcp://\\${b}:1, ",
    "handfast.broker.url=tcp://${b:x}:1, ",
    "handfast.broker.password=${b},      refuses handfast.broker.password",
    "handfast.broker.password=p${b}s,    ",
    "another=${b},                       ",
  })
  void expressions(String line, String found) {
    assertFound(check("configuration-expressions", line), found);
  }

  @ParameterizedTest
  @CsvSource({
    "handfast.node=orders-1,                         ",
    "handfast.data-directory=d,                      ",
    "handfast.broker.url=tcp://b:1,                  refuses handfast.node",
    "handfast.database.url=jdbc:postgresql://db/x,   refuses handfast.node",
    "handfast.node=Orders_1,                         refuses handfast.node",
    "handfast.node=aaaaaaaaaaaaaaaaaaaaaaaaa,        refuses handfast.node",
  })
  void nodeName(String line, String found) {
    assertFound(check("node-name", line), found);
  }

  @ParameterizedTest
  @CsvSource({
    "local-commit, two-phase-commit, refuses handfast.node",
    "local-commit, ,                 refuses handfast.node",
    "local-commit, idempotency,      ",
    "local-commit, local-commit,     ",
  })
  void aNodeWhoseDeliveriesNeedNoLogNeedsNoName(String first, String second, String found) {
    List<String> lines = new ArrayList<>(OUTSIDE);
    lines.add("handfast.deliveries.a.protocol=" + first);
    if (second != null) {
      lines.add("handfast.deliveries.b.protocol=" + second);
    }
    lines.add("handfast.deliveries.b.source.queue=q");

    assertFound(check("node-name", lines.toArray(String[]::new)), found);
  }

  @Test
  void theDeliveriesThatNeedANameAreListed() {
    List<String> lines = new ArrayList<>(OUTSIDE);
    lines.add("handfast.deliveries.b.source.queue=q");
    lines.add("handfast.deliveries.a.source.queue=q");
    lines.add("handfast.deliveries.c.protocol=local-commit");

    assertThat(check("node-name", lines.toArray(String[]::new)).findings(CheckedState.NOTHING))
        .singleElement()
        .asString()
        .contains("under two-phase-commit: delivery 'a', delivery 'b';");
  }

  @Test
  void aNodeThatHasLostItsNameIsRefusedBesideItsLog(@TempDir Path data) throws IOException {
    List<String> lines = new ArrayList<>(OUTSIDE);
    lines.add("handfast.data-directory=" + data);
    lines.add("handfast.deliveries.a.protocol=local-commit");
    assertFound(check("node-name", lines.toArray(String[]::new)), null);

    Files.createDirectory(data.resolve("log"));

    assertFound(check("node-name", lines.toArray(String[]::new)), "refuses handfast.node");
  }

  @Test
  void whereARowWouldBeLostWithTheProcessANameIsNeeded() {
    assertFound(
        check(
            "node-name",
            "handfast.broker.url=tcp://b:1",
            "handfast.deliveries.a.protocol=local-commit"),
        "refuses handfast.node");
  }

  @Test
  void withoutABrokerInsideNoNameIsTakenForGranted() {
    assertFound(check("node-name"), null);
    assertFound(check("node-name", false), "refuses handfast.node");
    assertFound(check("node-name", false, "handfast.broker.enabled=false"), null);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,   ",
    "localhost,   ",
    "::1,         ",
    "0.0.0.0,     refuses quarkus.http.host",
    "10.0.0.7,    refuses quarkus.http.host",
  })
  void httpHost(String host, String found) {
    String line = "quarkus.http.host=" + host;
    assertFound(check("http-host", line), found);
    assertFound(check("http-host", line, "quarkus.security.users.embedded.users.a=p"), null);
  }

  @ParameterizedTest
  @CsvSource({
    "handfast.node=n1,                              ",
    "handfast.recovery.interval=PT0S,               refuses handfast.recovery.interval",
    "handfast.recovery.retry-interval=-PT1S,        refuses handfast.recovery.retry-interval",
    "handfast.recovery.retry-interval=PT11S,        warns handfast.recovery.retry-interval",
    "handfast.recovery.interval=PT1S,               ",
    "handfast.transactions.lease=PT0S,              refuses handfast.transactions.lease",
    "handfast.transactions.lease=PT1H,              ",
    "handfast.transactions.lease=PT61M,             warns handfast.transactions.lease",
    "handfast.transactions.longest-lease=PT0S,      refuses handfast.transactions.longest-lease",
    "handfast.transactions.longest-lease=PT29S,     warns handfast.transactions.lease",
    "handfast.transactions.keep-outcomes=PT0S,      refuses handfast.transactions.keep-outcomes",
    "handfast.inbox.keep=PT0S,                      refuses handfast.inbox.keep",
    "handfast.shutdown-timeout=PT0S,                ",
    "handfast.shutdown-timeout=-PT1S,               refuses handfast.shutdown-timeout",
    "handfast.dead-letters.keep=PT59S,              refuses handfast.dead-letters.keep",
    "handfast.dead-letters.keep=P36501D,            refuses handfast.dead-letters.keep",
    "handfast.dead-letters.keep=PT1M,               ",
    "handfast.node-name-patience=PT0S,              ",
    "handfast.node-name-patience=-PT1S,             refuses handfast.node-name-patience",
  })
  void timeouts(String line, String found) {
    assertFound(check("timeouts", line), found);
  }

  @ParameterizedTest
  @CsvSource({
    "two-phase-commit,   PT30S,     ",
    "two-phase-commit,   PT4M59S,   ",
    "two-phase-commit,   PT5M,      warns handler.timeout",
    "idempotency,        PT1H,      ",
  })
  void handlerTimeouts(String protocol, String timeout, String found) {
    CheckedState known = Worlds.handled(protocol, timeout);

    assertThat(Found.by(check("handler-timeouts"), known)).isEqualTo(listOf(found));
  }

  static void assertFound(Check check, String found) {
    assertThat(check.asks()).isEqualTo(Check.Asks.NOTHING);
    assertThat(Found.by(check, CheckedState.NOTHING)).isEqualTo(listOf(found));
  }

  static List<String> listOf(String found) {
    return found == null ? List.of() : List.of(found.split(" \\+ "));
  }
}
