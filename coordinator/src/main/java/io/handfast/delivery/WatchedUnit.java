package io.handfast.delivery;

import io.handfast.commit.UnitOfWork;
import io.handfast.participant.NamedXaResource;
import io.handfast.timeline.Timeline;
import io.handfast.timeline.Timelines;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A unit of work of a lane whose story is told; a unit that received nothing has none. */
final class WatchedUnit implements UnitOfWork {

  private final Lane lane;
  private final Timelines timelines;
  private final String delivery;
  private @Nullable Timeline timeline;

  WatchedUnit(Lane lane, Timelines timelines, String delivery) {
    this.lane = lane;
    this.timelines = timelines;
    this.delivery = delivery;
  }

  @Override
  public NamedXaResource messages() {
    return lane.messages();
  }

  @Override
  public Optional<NamedXaResource> database() {
    return lane.database();
  }

  @Override
  public void begun(TransactionId id) {
    Timeline begun = timelines.begin(id, delivery);
    timeline = begun;
    lane.messages().watch(begun);
    lane.database().ifPresent(database -> database.watch(begun));
    lane.begun(id);
  }

  @Override
  public boolean receive() throws Exception {
    long begun = System.nanoTime();
    boolean hasCome = lane.receive();
    if (hasCome && timeline != null) {
      int size = lane.unit().inHand().size();
      timeline.add(
          "receive",
          messages().participant(),
          begun,
          size + (size == 1 ? " message" : " messages"));
      timelines.keep(timeline);
    }
    return hasCome;
  }

  @Override
  public void apply() throws Exception {
    long begun = System.nanoTime();
    try {
      lane.apply();
    } catch (Exception e) {
      if (timeline != null) {
        timeline.failed("apply", null, begun, e);
      }
      throw e;
    }
    if (timeline != null) {
      int refused = lane.unit().refused().size();
      String detail =
          lane.unit().applied().size() + " applied" + (refused == 0 ? "" : ", " + refused + " not");
      timeline.add("apply", null, begun, detail);
    }
  }

  void ended(Outcome outcome) {
    if (timeline != null) {
      timelines.end(timeline, outcome);
    }
  }
}
