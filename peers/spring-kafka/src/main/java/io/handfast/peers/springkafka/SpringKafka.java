package io.handfast.peers.springkafka;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Takes records and writes rows with {@code @KafkaListener} and {@code JdbcTemplate}. */
@SpringBootApplication
public class SpringKafka {

  public static void main(String[] arguments) {
    SpringApplication.run(SpringKafka.class, arguments);
  }
}
