package io.handfast.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.handfast.input.WireName;
import io.handfast.log.DecisionLog;
import io.handfast.timeline.Timeline;
import io.handfast.transaction.TransactionStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The story of a transaction as the wire shows it.
 *
 * @param delivery the delivery that it is a unit of; left out for a client's
 * @param begun in ISO-8601
 * @param status how it stands by what the log says now, where it was not over at once
 * @param reason why it was not committed at once; left out where it was
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TimelineView(
    String transaction,
    @Nullable String delivery,
    String begun,
    String status,
    @Nullable String reason,
    List<Step> steps) {

  /**
   * What has happened.
   *
   * @param atMicros when it was over, since the begin
   * @param tookMicros how long it took; 0 for what is a moment
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Step(
      String step,
      @Nullable String participant,
      long atMicros,
      long tookMicros,
      @Nullable String detail,
      boolean failed) {

    static Step of(Timeline.Step step) {
      return new Step(
          step.name(),
          step.participant(),
          step.endedNanos() / 1000,
          step.tookNanos() / 1000,
          step.detail(),
          step.isFailure());
    }
  }

  static TimelineView of(Timeline timeline, DecisionLog log) {
    return new TimelineView(
        timeline.id().toString(),
        timeline.delivery(),
        timeline.begunAt().toString(),
        WireName.of(status(timeline, log)),
        timeline.reason(),
        timeline.steps().stream().map(Step::of).toList());
  }

  /** What was open when the story ended here may be over: only the log knows. */
  static TransactionStatus status(Timeline timeline, DecisionLog log) {
    TransactionStatus told = timeline.status();
    if (told != TransactionStatus.COMMITTING && told != TransactionStatus.IN_DOUBT) {
      return told;
    }
    return switch (log.decisionOf(timeline.id())) {
      case COMMIT ->
          log.unconfirmed().containsKey(timeline.id())
              ? TransactionStatus.COMMITTING
              : TransactionStatus.COMMITTED;
      // A unit's decision is forgotten with its last confirmation.
      case NONE ->
          told == TransactionStatus.COMMITTING
              ? TransactionStatus.COMMITTED
              : TransactionStatus.ROLLED_BACK;
      case UNKNOWN -> TransactionStatus.IN_DOUBT;
    };
  }
}
