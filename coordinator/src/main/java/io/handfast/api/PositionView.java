package io.handfast.api;

import io.handfast.delivery.PartitionPositions;
import io.handfast.message.PositionedSession.Failed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a delivery has applied one partition; the members are those of the answer.
 *
 * @param position the next offset; null where the delivery has not begun there
 * @param start the first offset that the partition has
 * @param end the offset that comes next
 * @param lag offsets from the position to the end; null where the delivery has not begun there
 * @param failing the offset of a message that has failed and holds the partition; null for none
 * @param attempts how often it has failed
 */
record PositionView(
    int partition,
    @Nullable Long position,
    long start,
    long end,
    @Nullable Long lag,
    @Nullable Long failing,
    int attempts) {

  static PositionView of(PartitionPositions.State state) {
    Failed failed = state.row() == null ? Failed.NONE : state.row().failed();
    return new PositionView(
        state.partition().number(),
        state.row() == null ? null : state.row().at().offset(),
        state.range().start(),
        state.range().end(),
        state.lag(),
        failed.equals(Failed.NONE) ? null : failed.offset(),
        failed.attempts());
  }

  static List<PositionView> of(List<PartitionPositions.State> states) {
    return states.stream().map(PositionView::of).toList();
  }
}
