package io.handfast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.message.Source.Start;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The topics in memory keep the contract, and do what only they can be told to do. */
class InMemoryKafkaTest extends PositionedSourceContract {

  private static final Duration NO_WAIT = Duration.ZERO;

  private final InMemoryKafka kafka = new InMemoryKafka();

  @Override
  protected SourceConnector source() {
    return kafka;
  }

  @Override
  protected void create(int partitions) {
    kafka.create(topic, partitions);
  }

  @Override
  protected void addPartitions(int total) {
    kafka.addPartitions(topic, total);
  }

  @Override
  protected void delete() {
    kafka.delete(topic);
  }

  @Override
  protected void put(
      int partition,
      byte @Nullable [] key,
      byte @Nullable [] body,
      List<Map.Entry<String, byte[]>> headers) {
    Map<String, Object> known = new LinkedHashMap<>();
    headers.forEach(one -> known.put(one.getKey(), MessageBody.ofBytes(one.getValue()).text()));
    kafka.put(
        topic,
        partition,
        key == null ? null : MessageBody.ofBytes(key),
        body == null ? MessageBody.NONE : MessageBody.ofBytes(body),
        known);
  }

  @Override
  protected void putRolledBack(int partition, String body) {
    kafka.skip(topic, partition);
    kafka.skip(topic, partition);
  }

  @Override
  protected void retainFrom(int partition, long offset) {
    kafka.retainFrom(topic, partition, offset);
  }

  @Override
  protected void keepAsOther(int partition, long offset) {
    kafka.keep(group, topic, partition, offset);
  }

  @Override
  protected long kept(int partition) {
    return kafka.kept(group, topic, partition);
  }

  @Override
  protected void expel(PositionedSession session) {
    kafka.expel(session);
  }

  private PositionedSession begun(Position from) throws Exception {
    PositionedSession session = kafka.openPositioned();
    session.consume(Source.ofPartitions(topic, group, Start.EARLIEST));
    session.receive(1, NO_WAIT);
    for (Partition partition : session.assigned()) {
      session.begin(partition, from);
    }
    return session;
  }

  @Test
  void aSessionThatStoodStillGivesOutWhatItHadFetched() throws Exception {
    kafka.create(topic, 1);
    List.of("a", "b", "c").forEach(body -> kafka.put(topic, 0, body));
    PositionedSession zombie = begun(Position.BEGINNING);
    zombie.receive(1, NO_WAIT);
    kafka.expel(zombie);
    PositionedSession heir = begun(Position.BEGINNING);

    assertThat(heir.receive(3, NO_WAIT)).extracting(Message::body).containsExactly("a", "b", "c");
    assertThat(zombie.receive(3, NO_WAIT)).extracting(Message::body).containsExactly("b", "c");
    assertThatThrownBy(zombie::commit).isInstanceOf(BrokerException.class);
    zombie.settled();

    assertThat(zombie.receive(3, NO_WAIT)).isEmpty(); // it joins again
    assertThat(zombie.assigned()).isEmpty();
    assertThat(heir.received()).hasSize(1);
  }

  @Test
  void aLeaderThatHasLostMessagesIsNoticed() throws Exception {
    kafka.create(topic, 1);
    List.of("a", "b", "c").forEach(body -> kafka.put(topic, 0, body));
    PositionedSession session = begun(Position.BEGINNING);
    session.receive(3, NO_WAIT);
    Position after = session.received().get(0).next();
    session.rollback();
    kafka.electLeader(topic, 0, 1);
    List.of("d", "e", "f").forEach(body -> kafka.put(topic, 0, body));
    session.begin(session.assigned().get(0), after);

    assertThatThrownBy(() -> session.receive(1, NO_WAIT))
        .isInstanceOf(PositionLostException.class)
        .hasMessageContaining("another leader");
  }
}
