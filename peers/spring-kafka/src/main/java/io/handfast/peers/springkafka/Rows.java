package io.handfast.peers.springkafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.event.ConsumerStartedEvent;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Writes the rows of the records of a poll in one transaction; Spring commits their offsets. */
@Component
public class Rows {
  private final JdbcTemplate database;
  private final ObjectMapper json = new ObjectMapper();
  private final AtomicBoolean hasStarted = new AtomicBoolean();

  Rows(JdbcTemplate database) {
    this.database = database;
  }

  @Transactional
  @KafkaListener(topics = "${peer.topic}")
  public void insert(List<String> messages) throws JsonProcessingException {
    List<Object[]> rows = new ArrayList<>();
    for (String message : messages) {
      JsonNode order = json.readTree(message);
      rows.add(new Object[] {order.required("id").asLong(), order.required("body").asText()});
    }
    database.batchUpdate("INSERT INTO sink (id, body) VALUES (?, ?)", rows);
  }

  @EventListener
  public void sayThatItHasStarted(ConsumerStartedEvent event) {
    if (hasStarted.compareAndSet(false, true)) {
      System.out.println("consuming");
    }
  }
}
