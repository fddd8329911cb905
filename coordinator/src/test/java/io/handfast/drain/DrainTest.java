package io.handfast.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.drain.DrainReport.State;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeHome;
import io.handfast.recovery.RecoveryConfig;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A drain on disk, over restarts, and what is said of the volume. */
class DrainTest {

  private static final Map<String, String> OUTSIDE =
      Map.of(
          "handfast.broker.url", "tcp://broker:61616",
          "handfast.database.url", "jdbc:postgresql://db/shop");

  @TempDir Path data;

  private final Trace trace = new Trace();
  private final SteppedClock clock = new SteppedClock();
  private final FakeNode node = new FakeNode(trace);
  private Drain drain;

  @BeforeEach
  void start() {
    drain = drain(OUTSIDE);
  }

  private Drain drain(Map<String, String> more) {
    Map<String, String> properties = new HashMap<>(more);
    properties.putIfAbsent("handfast.data-directory", data.toString());
    properties.put("handfast.recovery.interval", "PT0S");
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .withMapping(NodeConfig.class)
            .withMapping(RecoveryConfig.class)
            .withSources(new PropertiesConfigSource(properties, "test", 100))
            .withValidateUnknown(false)
            .build();
    return new Drain(
        new NodeHome("node", Path.of(properties.get("handfast.data-directory"))),
        config.getConfigMapping(NodeConfig.class),
        config.getConfigMapping(RecoveryConfig.class),
        node,
        clock);
  }

  /** Another process on the same directory. */
  private void restart() {
    drain = drain(OUTSIDE);
  }

  @Test
  void aNodeTakesWorkUntilItIsDrained() {
    assertThat(trace.steps()).isEmpty();
    DrainReport report = drain.report();
    assertThat(report.state()).isEqualTo(State.NONE);
    assertThat(report.since()).isNull();
    assertThat(report.volumeMayBeDeleted()).isFalse();
    assertThat(report.reason()).contains("takes work");
  }

  @Test
  void theDiskIsToldBeforeTheIntakeIsStoppedAndBeforeItIsAllowed() {
    node.whenChanged(() -> trace.add("on disk: " + Files.exists(data.resolve("drain"))));

    drain.begin();
    drain.end();

    assertThat(trace.steps())
        .containsExactly("stop intake", "on disk: true", "allow intake", "on disk: false");
  }

  @Test
  void aDrainGoesOnAfterARestartUntilItIsEnded() {
    Instant begun = clock.instant();
    node.has(FakeNode.UNIT);
    drain.begin();
    clock.advance(Duration.ofHours(1));
    restart();

    assertThat(trace.steps()).containsExactly("stop intake", "stop intake");
    assertThat(drain.report().state()).isEqualTo(State.DRAINING);
    assertThat(drain.report().since()).isEqualTo(begun);

    drain.end();
    trace.clear();
    restart();

    assertThat(trace.steps()).isEmpty();
    assertThat(drain.report().state()).isEqualTo(State.NONE);
  }

  @Test
  void beginningAgainChangesNothing() {
    Instant begun = clock.instant();
    drain.begin();
    clock.advance(Duration.ofHours(1));

    drain.begin();

    assertThat(trace.steps()).containsExactly("stop intake");
    assertThat(drain.report().since()).isEqualTo(begun);
  }

  @Test
  void whatCannotBeStoredIsNotBegun() {
    Path nowhere = data.resolve("not there");
    drain =
        drain(
            Map.of(
                "handfast.data-directory",
                nowhere.toString(),
                "handfast.broker.url",
                "tcp://broker:61616"));

    assertThatThrownBy(drain::begin)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(nowhere.toString());

    assertThat(trace.steps()).isEmpty();
    assertThat(drain.report().state()).isEqualTo(State.NONE);
  }

  @Test
  void anEndThatFailedHalfWayCanBeRepeated() {
    drain.begin();
    node.failsToAllowOnce();
    assertThatThrownBy(drain::end).hasMessageContaining("does not start");

    drain.end();

    assertThat(trace.steps()).containsExactly("stop intake", "allow intake");
    assertThat(drain.report().state()).isEqualTo(State.NONE);
  }

  @Test
  void aDamagedFileIsNoReasonToTakeWork() throws Exception {
    Files.writeString(data.resolve("drain"), "tomorrow");

    assertThatThrownBy(() -> drain(OUTSIDE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(data.resolve("drain").toString());
  }

  @Test
  void aDrainedNodesVolumeMayBeDeleted() {
    drain.begin();
    assertThat(drain.report().volumeMayBeDeleted()).isFalse();

    drain.look();

    DrainReport report = drain.report();
    assertThat(report.state()).isEqualTo(State.DRAINED);
    assertThat(report.volumeMayBeDeleted()).isTrue();
    assertThat(report.reason()).contains(clock.instant().toString(), "Stop it");
  }

  @Test
  void aVolumeThatHoldsBrokerOrDatabaseMayNot() {
    drain = drain(Map.of("handfast.database.url", "jdbc:postgresql://db/shop"));
    drain.begin();
    drain.look();

    DrainReport report = drain.report();
    assertThat(report.state()).isEqualTo(State.DRAINED);
    assertThat(report.volumeMayBeDeleted()).isFalse();
    assertThat(report.reason()).contains("embedded broker, content included");

    drain = drain(Map.of("handfast.broker.url", "tcp://broker:61616"));
    drain.look();
    assertThat(drain.report().volumeMayBeDeleted()).isFalse();
    assertThat(drain.report().reason()).contains("embedded database, content included");
  }

  @Test
  void whatHasJustShownUpIsSaidBeforeItIsLookedAt() {
    drain.begin();
    drain.look();

    node.has(FakeNode.UNIT);

    DrainReport report = drain.report();
    assertThat(report.state()).isEqualTo(State.DRAINING);
    assertThat(report.volumeMayBeDeleted()).isFalse();
    assertThat(report.reason()).isEqualTo("In hand of delivery 'orders': 2.");
  }

  @Test
  void whoCannotBeAskedIsNamed() {
    drain.begin();
    node.has(FakeNode.AWAY);
    drain.look();

    DrainReport report = drain.report();
    assertThat(report.state()).isEqualTo(State.DRAINING);
    assertThat(report.reason()).contains("database cannot be asked", "refused");
  }

  @Test
  void aRestartedNodeIsDrainedOnlyByAScanOfItsOwn() {
    drain.begin();
    drain.look();
    assertThat(drain.report().state()).isEqualTo(State.DRAINED);

    node.has(FakeNode.AWAY);
    restart();

    assertThat(drain.report().state()).isEqualTo(State.DRAINING);
    node.has(FakeNode.NOTHING);
    drain.look();
    assertThat(drain.report().state()).isEqualTo(State.DRAINED);
  }
}
