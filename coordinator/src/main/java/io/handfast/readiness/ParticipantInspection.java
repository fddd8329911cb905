package io.handfast.readiness;

import io.handfast.database.Database;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.message.Broker;
import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerException;
import io.handfast.node.Participants;
import io.handfast.recovery.Recovery;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/** Asks the participants that recovery has reached. Used by one thread. */
final class ParticipantInspection {

  private static final Logger LOG = Logger.getLogger(ParticipantInspection.class);

  private final Participants participants;
  private final Recovery recovery;
  private final Deliveries deliveries;
  private final Clock clock;

  ParticipantInspection(
      Participants participants, Recovery recovery, Deliveries deliveries, Clock clock) {
    this.participants = participants;
    this.recovery = recovery;
    this.deliveries = deliveries;
    this.clock = clock;
  }

  /** What is known now; of whom is away, what was known before. */
  CheckedState after(CheckedState before) {
    Map<String, DeliverySpecification> specifications = new TreeMap<>();
    deliveries.all().forEach(one -> specifications.put(one.name(), one.specification()));
    Map<String, Long> nonPersistent = new TreeMap<>();
    deliveries
        .all()
        .forEach(one -> nonPersistent.put(one.name(), one.counters().nonPersistentMessages()));
    nonPersistent.values().removeIf(count -> count == 0);
    CheckedState now =
        new CheckedState(
            specifications,
            databases(before),
            nonPersistent,
            before.broker(),
            before.brokerRefusal());
    return isReached(Broker.NAME) ? withBroker(now) : now;
  }

  private Map<String, DatabaseState> databases(CheckedState before) {
    Map<String, DatabaseState> databases = new TreeMap<>(before.databases());
    for (String name : participants.databaseNames()) {
      Database database = participants.database(name).orElseThrow();
      if (isReached(database.name())) {
        try {
          databases.put(name, DatabaseState.read(database, clock.instant()));
        } catch (SQLException e) {
          LOG.debugf(e, "not checked participant=%s: asking again later", database.name());
        }
      }
    }
    return databases;
  }

  private CheckedState withBroker(CheckedState now) {
    try {
      BrokerState broker =
          BrokerState.read(participants.broker(), now.deliveries().values(), clock.instant());
      return now.with(broker, null);
    } catch (BrokerException e) {
      return now.with(now.broker(), refusal(e));
    }
  }

  private static String refusal(BrokerException e) {
    return e instanceof BrokerAccessException
        ? e.getMessage()
            + "; give this user the permission 'manage' on the address activemq.management"
        : "the broker's management did not answer: " + e.getMessage() + "; asking again later";
  }

  private boolean isReached(String participant) {
    return recovery.isScanned(List.of(participant)) && recovery.isReached(participant);
  }
}
