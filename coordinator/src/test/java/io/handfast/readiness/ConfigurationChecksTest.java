package io.handfast.readiness;

import static io.handfast.readiness.Configurations.node;
import static io.handfast.readiness.Configurations.recovery;
import static io.handfast.readiness.Configurations.transactions;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the configuration alone tells; an empty last column passes. */
class ConfigurationChecksTest {

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
    assertFound(ConfigurationChecks.expressions(Configurations.read(line)), found);
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
    assertFound(ConfigurationChecks.nodeName(node(line), true), found);
  }

  @ParameterizedTest
  @CsvSource({
    "handfast.node=orders-1,                         refuses handfast.broker.url",
    "handfast.database.url=jdbc:postgresql://db/x,   refuses handfast.broker.url",
    "handfast.broker.username=u,                     refuses handfast.broker.url",
    "handfast.broker.url=tcp://b:1,                  ",
  })
  void brokerUrlWhereNoBrokerIsInside(String line, String found) {
    assertFound(BrokerChecks.url(node(line), false), found);
    assertFound(BrokerChecks.url(node(line), true), null);
  }

  @Test
  void withoutABrokerInsideNoNameIsTakenForGranted() {
    assertFound(ConfigurationChecks.nodeName(node(), true), null);
    assertFound(ConfigurationChecks.nodeName(node(), false), "refuses handfast.node");
  }

  @ParameterizedTest
  @CsvSource({
    "handfast.database.url=u,                ",
    "handfast.database.my-archive.url=u,     ",
    "handfast.database.archive.username=u,   refuses handfast.database.\"archive\".url",
    "handfast.database.\"a b\".url=u,        refuses handfast.database.\"a b\"",
  })
  void databaseNames(String line, String found) {
    assertFound(DatabaseChecks.names(node(line)), found);
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
    assertFound(ConfigurationChecks.httpHost(host, false), found);
    assertFound(ConfigurationChecks.httpHost(host, true), null);
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
    "handfast.shutdown-timeout=PT0S,                ",
    "handfast.shutdown-timeout=-PT1S,               refuses handfast.shutdown-timeout",
    "handfast.node-name-patience=PT0S,              ",
    "handfast.node-name-patience=-PT1S,             refuses handfast.node-name-patience",
  })
  void timeouts(String line, String found) {
    assertFound(
        ConfigurationChecks.timeouts(node(line), recovery(line), transactions(line)), found);
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

    assertThat(Found.by(DeliveryChecks.handlerTimeouts(), known)).isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:h2:file:/d/x,                             ",
    "jdbc:h2:file:/d/x;WRITE_DELAY=0,               ",
    "jdbc:h2:file:/d/x;WRITE_DELAY=500;MODE=MySQL,  warns handfast.database.url",
    "jdbc:h2:file:/d/x;write_delay=1,               warns handfast.database.url",
  })
  void h2WriteDelay(String url, String found) {
    assertFound(DatabaseChecks.h2WriteDelay(node("handfast.database.url=" + url)), found);
  }

  static void assertFound(Check check, String found) {
    assertThat(check.asks()).isEqualTo(Check.Asks.NOTHING);
    assertThat(Found.by(check, CheckedState.NOTHING)).isEqualTo(listOf(found));
  }

  static List<String> listOf(String found) {
    return found == null ? List.of() : List.of(found.split(" \\+ "));
  }
}
