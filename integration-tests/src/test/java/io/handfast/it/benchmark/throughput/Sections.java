package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Plays the sections of the page. */
final class Sections implements AutoCloseable {
  private static final int[] BATCHES = {1, 10, 100, 1_000};
  private static final int[] CONSUMERS = {1, 2, 4, 8};
  private static final int[] PROCESSES = {1, 2, 4};
  private static final int[] FORCE_MILLIS = {0, 1, 2, 5};

  /** Of the figures to reach, where peers are measured too. */
  private static final int STATED_FORCE_MILLIS = 2;

  private static final int[] SIZES = {256, 1024, 16 * 1024};
  private static final int[] RATES = {100, 1_000, 5_000};
  private static final String DEFAULTS = "defaults";
  private static final String ONE_IN_FLIGHT = "one in flight";

  private final Scene scene;
  private Rig rig;
  private TopicSections topics;

  Sections(Scene scene) {
    this.scene = scene;
  }

  Findings play(Section section) throws Exception {
    return switch (section) {
      case RATIOS -> ratios();
      case BATCH -> batch();
      case CONSUMERS -> consumers();
      case PROCESSES -> processes();
      case FORCE -> force();
      case SIZE -> size();
      case LATENCY -> latency();
      case TOPIC -> topics().throughput();
      case TOPIC_SETTINGS -> topics().settings();
      case TOPIC_LATENCY -> topics().latency();
      case MEMORY -> memory();
    };
  }

  private Rig rig() throws Exception {
    if (rig == null) {
      rig = Rig.asItIs(scene);
    }
    return rig;
  }

  private TopicSections topics() {
    if (topics == null) {
      topics = new TopicSections(scene);
    }
    return topics;
  }

  private static Stream<Handfast> guarantees() {
    return Stream.of(
        Handfast.exactlyOnce(),
        Handfast.localCommit(),
        Handfast.idempotent(),
        Handfast.atLeastOnce(),
        Handfast.atMostOnce());
  }

  private Findings ratios() throws Exception {
    Load load = Load.whole();
    Grid grid = new Grid();
    Stream<Contestant> own =
        Stream.of(
            Handfast.exactlyOnce(),
            Handfast.localCommit(),
            Handfast.atLeastOnce(),
            Handfast.atMostOnce(),
            new Drain(),
            new Insert(load));
    for (Contestant contestant : Stream.concat(own, Peers.all().stream()).toList()) {
      grid.add(rig(), contestant, DEFAULTS, load);
    }
    List<Row> rows = grid.play(Section.ROUNDS);
    return findings(Section.RATIOS, load.description(), rows, Ratios.ofThroughput(rows));
  }

  private Findings batch() throws Exception {
    Load load = Load.half();
    Grid grid = new Grid();
    for (int batch : BATCHES) {
      for (Handfast handfast : guarantees().toList()) {
        grid.add(rig(), handfast.batch(batch), Integer.toString(batch), load);
      }
    }
    List<Row> rows = grid.play(Section.SWEEP_ROUNDS);
    return findings(Section.BATCH, load.description(), rows, Ratios.ofEqualBatches(rows));
  }

  private Findings consumers() throws Exception {
    Load load = Load.half();
    Grid grid = new Grid();
    for (int consumers : CONSUMERS) {
      for (Handfast handfast : List.of(Handfast.exactlyOnce(), Handfast.atLeastOnce())) {
        grid.add(rig(), handfast.consumers(consumers), Integer.toString(consumers), load);
      }
    }
    return sweep(Section.CONSUMERS, grid, load.description());
  }

  private Findings processes() throws Exception {
    Load load = Load.half();
    Grid grid = new Grid();
    for (int processes : PROCESSES) {
      grid.add(rig(), ScaledOut.to(processes), Integer.toString(processes), load);
    }
    return sweep(Section.PROCESSES, grid, load.description());
  }

  private Findings size() throws Exception {
    Grid grid = new Grid();
    List<String> loads = new ArrayList<>();
    for (int size : SIZES) {
      Load load = Load.half(size);
      loads.add(load.description());
      for (Handfast handfast : List.of(Handfast.exactlyOnce(), Handfast.atLeastOnce())) {
        grid.add(rig(), handfast, size + " bytes", load);
      }
    }
    return sweep(Section.SIZE, grid, String.join("; ", loads));
  }

  private Findings sweep(Section section, Grid grid, String load) throws Exception {
    return findings(section, load, grid.play(Section.SWEEP_ROUNDS), List.of());
  }

  private Findings findings(Section section, String load, List<Row> rows, List<Ratio> ratios)
      throws Exception {
    return Findings.now(section, load + ". " + rig().description(), rows, ratios);
  }

  /** One force time after the other, since each needs servers of its own. */
  private Findings force() throws Exception {
    Load load = Load.half();
    List<Row> rows = new ArrayList<>();
    List<Ratio> ratios = new ArrayList<>();
    List<String> rigs = new ArrayList<>();
    for (int millis : FORCE_MILLIS) {
      String point = millis == 0 ? "as it is" : "+ %d ms".formatted(millis);
      try (Rig slow = Rig.withForces(scene, Duration.ofMillis(millis))) {
        boolean isStated = millis == STATED_FORCE_MILLIS;
        Grid grid = new Grid();
        Stream<Contestant> own = Stream.of(Handfast.exactlyOnce(), Handfast.atLeastOnce());
        Stream<Contestant> peers = isStated ? Peers.all().stream() : Stream.empty();
        for (Contestant contestant : Stream.concat(own, peers).toList()) {
          grid.add(slow, contestant, point, load);
        }
        List<Row> played = grid.play(Section.SWEEP_ROUNDS);
        rows.addAll(played);
        ratios.addAll(isStated ? Ratios.ofSlowForces(played) : List.of());
        rigs.add("Forces " + point + ": " + slow.description());
      }
    }
    String conditions = load.description() + ". " + String.join(". ", rigs);
    return Findings.now(Section.FORCE, conditions, rows, ratios);
  }

  private Findings latency() throws Exception {
    Grid grid = new Grid();
    Stream<Contestant> own =
        Stream.of(
            Handfast.exactlyOnce(),
            Handfast.localCommit(),
            Handfast.atLeastOnce(),
            Handfast.atMostOnce());
    for (Contestant contestant : Stream.concat(own, Peers.all().stream()).toList()) {
      addLatency(grid, contestant, ONE_IN_FLIGHT, 0);
    }
    for (int rate : RATES) {
      for (Contestant contestant :
          List.of(Handfast.exactlyOnce(), Handfast.localCommit(), Handfast.atLeastOnce())) {
        addLatency(grid, contestant, "%,d/s".formatted(rate), rate);
      }
    }
    List<Row> rows = grid.play(Section.SWEEP_ROUNDS);
    List<Row> one = rows.stream().filter(row -> row.point().equals(ONE_IN_FLIGHT)).toList();
    List<Row> thousand = rows.stream().filter(row -> row.point().equals("1,000/s")).toList();
    List<Ratio> ratios = new ArrayList<>(Ratios.ofLatency(one));
    ratios.add(Ratios.ofLatencyAtRate(thousand));
    return findings(Section.LATENCY, LatencyTrial.description(), rows, ratios);
  }

  private void addLatency(Grid grid, Contestant contestant, String point, int rate)
      throws Exception {
    Rig here = rig();
    grid.add(
        contestant,
        point,
        () -> new LatencyTrial(here, contestant, rate, Section.LATENCY_TIME).play());
  }

  private Findings memory() throws Exception {
    Contestant contestant = Handfast.exactlyOnce();
    Row few = Row.of(contestant, "after %,d".formatted(MemoryTrial.FEW));
    Row many = Row.of(contestant, "after %,d".formatted(MemoryTrial.MANY));
    List<Map<Figure, Double>> found = new MemoryTrial(rig(), contestant).play();
    few.rounds().add(found.get(0));
    many.rounds().add(found.get(1));
    return findings(
        Section.MEMORY,
        "messages of %d bytes, at most 40,000 in the queue".formatted(Load.SIZE),
        List.of(few, many),
        Ratios.ofMemory(few, many));
  }

  /** Closes the shared servers, if any section needed them. */
  @Override
  public void close() throws Exception {
    Optional<Rig> open = Optional.ofNullable(rig);
    if (open.isPresent()) {
      open.get().close();
    }
    Optional.ofNullable(topics).ifPresent(TopicSections::close);
  }
}
