package io.handfast.commit;

import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.PositionedSession;
import io.handfast.message.Refusal;
import io.handfast.message.Source;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one unit has of the partitions of a {@link SharedMember}. Used by one thread at a time. */
final class Lane implements PositionedSession {

  private final SharedMember member;
  private List<Advance> advances = List.of();

  Lane(SharedMember member) {
    this.member = member;
  }

  void received(List<Advance> now) {
    advances = now;
  }

  @Override
  public void consume(Source source) {
    // The member consumes from it.
  }

  @Override
  public Optional<Refusal> refusalOf(Source source) {
    return Optional.empty();
  }

  /** The member begins partitions. */
  @Override
  public List<Partition> assigned() {
    return List.of();
  }

  @Override
  public Map<Partition, Position> first() {
    return Map.of();
  }

  @Override
  public void begin(Partition partition, Position from, Failed failed) {
    // The member begins partitions.
  }

  /** They begin again when this is closed. */
  @Override
  public void again(Partition partition) {
    // Nothing is given before.
  }

  @Override
  public void rest(Partition partition, Duration time) throws BrokerException {
    member.rest(partition, time);
  }

  /** The member stays in its group by itself. */
  @Override
  public void rest(Duration time) {
    // Nothing is to be done for it.
  }

  @Override
  public List<Message> receive(int max, Duration wait) throws BrokerException {
    return advances.isEmpty() ? member.receive(this, max, wait) : List.of();
  }

  @Override
  public void wakeUp() {
    // Its waits are short.
  }

  @Override
  public void settled() {
    // What clients have in flight is not counted.
  }

  @Override
  public List<Advance> received() {
    return advances;
  }

  /** The member passes them. */
  @Override
  public List<Advance> passed() {
    return List.of();
  }

  @Override
  public void keep(Collection<Advance> applied) {
    throw new UnsupportedOperationException("only the rows keep how far it is");
  }

  @Override
  public void tell(Collection<Advance> applied) {
    member.tell(applied);
  }

  @Override
  public void rollback() {
    // All begins again when this is closed.
  }

  @Override
  public void close() {
    member.release(this);
  }

  @Override
  public void abandon() {
    close();
  }
}
