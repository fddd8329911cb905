package io.handfast.peers.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jms.annotation.EnableJms;

/** Takes messages and writes rows with {@code @JmsListener} and {@code JdbcTemplate}. */
@EnableConfigurationProperties(PeerConfig.class)
@EnableJms
@SpringBootApplication
public class SpringBootAtomikos {

  public static void main(String[] arguments) {
    SpringApplication.run(SpringBootAtomikos.class, arguments);
  }
}
