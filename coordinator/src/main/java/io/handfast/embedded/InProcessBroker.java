package io.handfast.embedded;

import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Map;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.remoting.Acceptor;

/**
 * An Artemis broker inside this process; left out of the native image, with all that it needs.
 *
 * <p>This process reaches it without a port, so never another broker by mistake. For JMS clients of
 * other processes it listens on 127.0.0.1. It keeps its journal in the data directory, and asks for
 * no password.
 */
@Singleton
final class InProcessBroker implements EmbeddedBroker {

  private static final String OUTSIDE = "tcp";

  /** By which the client finds it in this process; a process has one. */
  private static final int SERVER_ID = 0;

  /** The data directory is locked before; without a bound Artemis waits without a word. */
  private static final long JOURNAL_LOCK_MILLIS = 5_000;

  private final EmbeddedActiveMQ server = new EmbeddedActiveMQ();
  private volatile int listening;

  @Override
  public String start(Path directory, int port) {
    server.setConfiguration(configuration(directory, port));
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("the embedded broker does not start: " + e.getMessage(), e);
    }
    // Artemis (2.53 to 2.56) logs why it could not become active, and returns.
    Acceptor acceptor =
        server.getActiveMQServer().isActive()
            ? server.getActiveMQServer().getRemotingService().getAcceptor(OUTSIDE)
            : null;
    listening = acceptor == null ? 0 : acceptor.getActualPort();
    if (listening <= 0) {
      close();
      throw new IllegalStateException(
          EmbeddedParts.isTaken(port)
              ? "handfast.embedded.broker-port: is %d, where another process listens on 127.0.0.1; set a port that is free, or 0 to have one picked"
                  .formatted(port)
              : "the embedded broker cannot use its journal in %s: another process may use it, and the log has the reason"
                  .formatted(directory));
    }
    return "vm://" + SERVER_ID;
  }

  @Override
  public String outsideUrl() {
    return "tcp://127.0.0.1:" + listening;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the embedded broker did not stop cleanly", e);
    }
  }

  private static Configuration configuration(Path directory, int port) {
    AddressSettings all = new AddressSettings();
    // Handfast counts attempts itself; the broker must not give a message up behind its back.
    all.setMaxDeliveryAttempts(-1);
    all.setAutoDeleteQueues(false);
    all.setAutoDeleteAddresses(false);
    return new ConfigurationImpl()
        .setName("handfast-embedded")
        .setSecurityEnabled(false)
        .setPersistenceEnabled(true)
        .setJournalType(JournalType.NIO)
        .setJournalDirectory(directory.resolve("journal").toString())
        .setBindingsDirectory(directory.resolve("bindings").toString())
        .setPagingDirectory(directory.resolve("paging").toString())
        .setLargeMessagesDirectory(directory.resolve("large-messages").toString())
        .setJournalBufferTimeout_NIO(200_000)
        .setMaxDiskUsage(-1)
        .setJournalLockAcquisitionTimeout(JOURNAL_LOCK_MILLIS)
        .addAcceptorConfiguration(
            new TransportConfiguration(
                InVMAcceptorFactory.class.getName(), Map.of("serverId", SERVER_ID), "inside"))
        .addAcceptorConfiguration(
            new TransportConfiguration(
                NettyAcceptorFactory.class.getName(),
                Map.of(
                    TransportConstants.HOST_PROP_NAME,
                    "127.0.0.1",
                    TransportConstants.PORT_PROP_NAME,
                    Integer.toString(port)),
                OUTSIDE))
        .addAddressSetting("#", all);
  }
}
