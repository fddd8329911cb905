package io.handfast.input;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;

/** Configuration of the hosts that URLs of clients may name. */
@ConfigMapping(prefix = "handfast")
public interface HostsConfig {

  /**
   * Hosts of handlers and of services that take part in transactions: {@code host}, {@code
   * host:port} or {@code *.example.com}. Who may create deliveries or begin transactions can have
   * every one of them called from inside the network.
   */
  @WithDefault("127.0.0.1,localhost,[::1]")
  List<String> allowedHosts();
}
