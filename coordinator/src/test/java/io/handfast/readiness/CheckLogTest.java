package io.handfast.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.message.GiveUpRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A finding is said once, and again only when it has changed. */
class CheckLogTest {

  private static final Check CHECK = new DeliveryAttemptsCheck();

  private final Logger logger = Logger.getLogger(CheckLog.class.getName());
  private final List<String> said = new ArrayList<>();
  private final CheckLog log = new CheckLog();

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          said.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
  }

  @AfterEach
  void listenNoMore() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  @Test
  void whatStaysIsSaidOnce() {
    note(10);
    note(10);

    assertThat(said).hasSize(1);
    assertThat(said.get(0))
        .matches(
            "WARN.* check failed check=broker-delivery-attempts key=max-delivery-attempts: .*");
  }

  @Test
  void whatChangesIsSaidAgain() {
    note(10);
    note(3);

    assertThat(said).hasSize(2);
  }

  @Test
  void whatIsMendedIsSaidOnce() {
    note(10);
    note(-1);
    note(-1);

    assertThat(said).hasSize(2);
    assertThat(said.get(1)).isEqualTo("INFO check passed check=broker-delivery-attempts");
  }

  private void note(int attempts) {
    Known known = Worlds.broker("2.56.0", true, Map.of("orders", new GiveUpRule(attempts, "DLA")));
    log.note(List.of(CheckResult.of(CHECK, CHECK.findings(known), Worlds.NOW)));
  }
}
