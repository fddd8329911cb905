package io.handfast.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.event.Event.LogForced;
import io.handfast.transaction.SaidLines;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is published reaches every subscriber, whatever another one makes of it. */
class EventsTest {

  private static final Event EVENT = new LogForced(1, 2);

  @RegisterExtension final SaidLines said = new SaidLines(Events.class);

  private final List<Event> first = new ArrayList<>();
  private final List<Event> last = new ArrayList<>();

  @Test
  void aSubscriberThatFailsHarmsNeitherThePublisherNorTheOthers() {
    Events events =
        new Events(
            List.of(
                first::add,
                event -> {
                  throw new IllegalStateException("cannot take it");
                },
                event -> {
                  throw new AssertionError("cannot take it either");
                },
                last::add));

    events.publish(EVENT);
    events.publish(EVENT);

    assertThat(first).containsExactly(EVENT, EVENT);
    assertThat(last).containsExactly(EVENT, EVENT);
    assertThat(events.lost()).isEqualTo(4);
  }

  @Test
  void eachSubscriberThatFailsIsSaidOnce() {
    Events events =
        new Events(
            List.of(
                event -> {
                  throw new IllegalStateException("cannot take it");
                }));

    events.publish(EVENT);
    events.publish(EVENT);

    assertThat(said.lines()).singleElement().asString().contains("event lost", "event=LogForced");
  }

  @Test
  void aFurtherSubscriberHearsItsPartAfterTheOthersAndWhatItLosesIsCountedWithTheirs() {
    Events all = new Events(List.of(first::add));
    Events part =
        all.and(
            event -> {
              last.addAll(first);
              throw new IllegalStateException("cannot take it");
            });

    all.publish(EVENT);
    part.publish(EVENT);

    assertThat(first).containsExactly(EVENT, EVENT);
    assertThat(last).containsExactly(EVENT, EVENT);
    assertThat(all.lost()).isEqualTo(1);
  }

  @Test
  void withoutASubscriberNothingIsHeard() {
    assertThat(Events.NONE.isHeard()).isFalse();
    assertThat(Events.NONE.and(first::add).isHeard()).isTrue();

    Events.NONE.publish(EVENT);

    assertThat(Events.NONE.lost()).isZero();
  }
}
