package io.handfast.embedded;

import io.handfast.artemis.ArtemisBroker;
import io.handfast.message.BlockedSends;
import io.handfast.message.Broker;
import io.handfast.message.BrokerSettings;
import io.handfast.message.MessageLimits;
import io.handfast.message.SourceContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Artemis keeps the contract of sources. */
class ArtemisContractTest extends SourceContract {

  @TempDir static Path directory;

  private static ArtemisInside embedded;
  private static Broker broker;

  @BeforeAll
  static void start() {
    embedded = new ArtemisInside();
    broker =
        new ArtemisBroker(
            new BrokerSettings(embedded.start(directory, 0), null, null),
            MessageLimits.ofHeap(1L << 28),
            BlockedSends.NONE);
  }

  @AfterAll
  static void stop() {
    embedded.close();
  }

  @Override
  protected Broker broker() {
    return broker;
  }

  @Override
  protected void restart() {
    stop();
    start();
  }
}
