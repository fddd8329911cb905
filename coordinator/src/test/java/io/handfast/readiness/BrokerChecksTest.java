package io.handfast.readiness;

import static io.handfast.readiness.Configurations.check;
import static io.handfast.readiness.NodeChecksTest.assertFound;
import static io.handfast.readiness.NodeChecksTest.listOf;
import static io.handfast.readiness.Worlds.broker;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.message.AddressRules;
import io.handfast.message.BrokerDeadLetterRule;
import io.handfast.message.DuplicateIdMemory;
import io.handfast.readiness.Check.Finding;
import io.handfast.readiness.CheckedState.BrokerState;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerChecksTest {

  @ParameterizedTest
  @CsvSource({
    "handfast.node=orders-1,                         refuses handfast.broker.url",
    "handfast.database.url=jdbc:postgresql://db/x,   refuses handfast.broker.url",
    "handfast.broker.username=u,                     refuses handfast.broker.url",
    "handfast.broker.url=tcp://b:1,                  ",
  })
  void brokerUrlWhereNoBrokerIsInside(String line, String found) {
    assertFound(check("broker-url", false, line), found);
    assertFound(check("broker-url", true, line), null);
  }

  @ParameterizedTest
  @CsvSource({
    "handfast.node=orders-1,                         ",
    "handfast.broker.url=tcp://b:1,                  refuses handfast.broker.url",
    "handfast.broker.username=u,                     refuses handfast.broker.username",
    "handfast.broker.password=p,                     refuses handfast.broker.password",
  })
  void anAddressContradictsThatThereIsNoBroker(String line, String found) {
    String none = "handfast.broker.enabled=false";
    assertThat(Found.by(check("broker-url", false, none, line), CheckedState.NOTHING))
        .isEqualTo(listOf(found));
    assertThat(Found.by(check("broker-url", true, none, line), CheckedState.NOTHING))
        .isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({"true, ", "false, warns persistence-enabled"})
  void persistence(boolean isPersistent, String found) {
    assertThat(Found.by(check("broker-persistence"), broker("2.56.0", isPersistent, Map.of())))
        .isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({
    "20000, true,  ",
    "10000, true,  ",
    "9999,  true,  warns id-cache-size",
    "20000, false, warns persist-id-cache",
  })
  void messageIds(long size, boolean isPersistent, String found) {
    BrokerState broker =
        new BrokerState(
            "2.56.0",
            true,
            new DuplicateIdMemory(size, isPersistent),
            Map.of(),
            Map.of(),
            Map.of(),
            Instant.EPOCH);

    assertThat(Found.by(check("message-ids"), new CheckedState(Map.of(), Map.of(), broker, null)))
        .isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({
    "-1,   DLA,    ",
    "-1,   ,       ",
    "1000, DLA,    ",
    "1000, ,       has no dead-letter-address and DROPS a message after so many",
    "999,  DLA,    moves a message to dead-letter-address 'DLA' after so many",
    "10,   DLA,    moves a message to dead-letter-address 'DLA' after so many",
    "10,   ,       has no dead-letter-address and DROPS a message after so many",
    "0,    DLA,    moves a message to dead-letter-address 'DLA' after so many",
  })
  void deliveryAttempts(int attempts, String deadLetters, String problem) {
    CheckedState known =
        broker("2.56.0", true, Map.of("orders", new BrokerDeadLetterRule(attempts, deadLetters)));

    if (problem == null) {
      assertThat(Found.by(check("broker-delivery-attempts"), known)).isEmpty();
    } else {
      assertThat(check("broker-delivery-attempts").findings(known))
          .singleElement()
          .asString()
          .startsWith("max-delivery-attempts: is " + attempts + " for queue 'orders'")
          .contains(problem);
    }
  }

  @Test
  void everyAddressIsLookedAt() {
    CheckedState known =
        broker(
            "2.56.0",
            true,
            Map.of(
                "a", new BrokerDeadLetterRule(10, null),
                "b", new BrokerDeadLetterRule(-1, null),
                "c", new BrokerDeadLetterRule(3, null)));

    assertThat(Found.by(check("broker-delivery-attempts"), known)).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"PAGE, ", "BLOCK, ", "FAIL, ", "DROP, warns address-full-policy"})
  void fullAddresses(String policy, String found) {
    AddressRules rules = new AddressRules(new BrokerDeadLetterRule(-1, "DLA"), policy, -1, -1);
    CheckedState known = broker("2.56.0", true, Map.of("orders", rules), Map.of());

    assertThat(Found.by(check("broker-full-addresses"), known)).isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({"-1, ", "0, warns expiry-delay", "60000, warns expiry-delay"})
  void deadLetterExpiry(long delay, String found) {
    AddressRules rules = new AddressRules(new BrokerDeadLetterRule(-1, "DLA"), "PAGE", delay, -1);
    CheckedState known = broker("2.56.0", true, Map.of(), Map.of("orders.dead", rules));

    assertThat(Found.by(check("broker-dead-letter-expiry"), known)).isEqualTo(listOf(found));
  }

  @Test
  void nonPersistentMessagesAreCountedByDelivery() {
    CheckedState known =
        new CheckedState(
            Map.of(),
            Map.of(),
            Map.of("orders", 3L, "refunds", 1L),
            null,
            null,
            CheckedState.TopicsState.NONE);

    assertThat(Found.by(check("non-persistent-messages"), CheckedState.NOTHING)).isEmpty();
    assertThat(check("non-persistent-messages").findings(known))
        .extracting(Finding::problem)
        .hasSize(2)
        .anyMatch(
            problem -> problem.startsWith("is NON_PERSISTENT in 3 messages of delivery 'orders'"));
  }

  @Test
  void aBrokerThatWasNotAskedHasNothingAgainstIt() {
    assertThat(Found.by(check("broker-delivery-attempts"), CheckedState.NOTHING)).isEmpty();
  }
}
