package io.handfast.embedded;

import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Map;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;

/**
 * An Artemis broker inside this process; left out of the native image, with all that it needs.
 *
 * <p>It listens on 127.0.0.1 so that JMS clients outside can take part, keeps its journal in the
 * data directory, and asks nobody for a password.
 */
@Singleton
final class ArtemisInside implements EmbeddedBroker {

  private final EmbeddedActiveMQ server = new EmbeddedActiveMQ();

  @Override
  public String start(Path directory, int port) {
    server.setConfiguration(configuration(directory, port));
    try {
      server.start();
    } catch (Exception e) {
      throw failed(port, e);
    }
    NettyAcceptor acceptor =
        (NettyAcceptor) server.getActiveMQServer().getRemotingService().getAcceptor("tcp");
    if (acceptor == null || !acceptor.isStarted()) {
      close();
      throw failed(port, null);
    }
    return "tcp://127.0.0.1:" + (port != 0 ? port : acceptor.getActualPort());
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the embedded broker did not stop cleanly", e);
    }
  }

  private static IllegalStateException failed(int port, Exception cause) {
    return new IllegalStateException(
        "the embedded broker cannot listen on 127.0.0.1:%d: another process may; set handfast.embedded.broker-port to a free port, or to 0 to pick one"
            .formatted(port),
        cause);
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
        .addAcceptorConfiguration(
            new TransportConfiguration(
                NettyAcceptorFactory.class.getName(),
                Map.of(
                    TransportConstants.HOST_PROP_NAME,
                    "127.0.0.1",
                    TransportConstants.PORT_PROP_NAME,
                    Integer.toString(port)),
                "tcp"))
        .addAddressSetting("#", all);
  }
}
