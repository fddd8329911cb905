package io.handfast.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.message.InMemoryMessage;
import io.handfast.simulation.Faults.Power;
import io.handfast.simulation.Plan.Aftermath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The scenarios of {@code src/test/resources/scenarios}: what a file says above the line happens,
 * and what is below it follows.
 *
 * <p>{@code -Dscenarios.write=true} writes what follows now into the files.
 */
class ScenarioTest {

  private static final Path DIRECTORY = Path.of("src", "test", "resources", "scenarios");
  private static final String LINE = "---";

  /** Steps that say how a unit goes; what polls a queue in vain is left out. */
  private static final Pattern TOLD =
      Pattern.compile(
          "(broker|database) (prepare|commit|execute|record|rollback prepared"
              + "|open slot|write marker|take slot over|close slot).*"
              + "|.*: [A-Z_]+|crash of .*|the power .*|.* comes late|.* is refused|.* fails"
              + "|.* is not finished|.* stands still .*|the marker .*|the operator .*");

  private static final String SCAN = "recovery: broker preparedBranches";
  private static final Pattern RECOVERED = Pattern.compile("broker (commit|rollback)");
  private static final Pattern ROLLED_BACK = Pattern.compile("(broker|database) rollback.*");

  static Stream<Path> scenarios() throws IOException {
    return Files.list(DIRECTORY).sorted();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void whatHappensIsAsWritten(Path file) throws Throwable {
    List<String> lines = Files.readAllLines(file);
    List<String> said = lines.subList(0, lines.indexOf(LINE));

    List<String> follows = follows(said);

    if (Boolean.getBoolean("scenarios.write")) {
      List<String> written = new ArrayList<>(said);
      written.add(LINE);
      written.addAll(follows);
      Files.write(file, written);
    }
    assertThat(follows).isEqualTo(lines.subList(lines.indexOf(LINE) + 1, lines.size()));
  }

  private static List<String> follows(List<String> said) throws Throwable {
    Map<String, String> settings = new LinkedHashMap<>();
    List<String> faults = new ArrayList<>();
    for (String line : said) {
      if (line.contains(": ") && !line.startsWith("#")) {
        faults.add(line);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        settings.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
      }
    }
    Simulation simulation = new Simulation(new Random(1), 0, true);
    Power power = Power.valueOf(settings.getOrDefault("power", "stays").toUpperCase(Locale.ROOT));
    Plan plan =
        new Plan(
            settings.getOrDefault("protocol", "two-phase-commit"),
            Integer.parseInt(settings.getOrDefault("nodes", "1")),
            1,
            1,
            Integer.parseInt(settings.getOrDefault("messages", "1")),
            false,
            Integer.parseInt(settings.getOrDefault("failing", "0")),
            0,
            Aftermath.valueOf(
                settings.getOrDefault("crashed", "restarted").toUpperCase(Locale.ROOT)),
            0,
            false,
            false);
    Logger log = Logger.getLogger("io.handfast");
    Level before = log.getLevel();
    log.setLevel(Level.OFF);
    World world = new World(simulation, plan, new ScriptedFaults(faults, power), Safeguards.ALL);
    try (world) {
      world.play();
    } finally {
      log.setLevel(before);
    }
    List<String> follows = told(simulation.trace());
    for (int id = 1; id <= plan.messages(); id++) {
      follows.add("rows: " + world.applied().getOrDefault(id, 0));
    }
    for (InMemoryMessage dead : world.broker.messagesIn("orders.dead")) {
      follows.add("dead letter: %d failures".formatted(dead.failures()));
    }
    return follows;
  }

  /** The lines that are told, without their times. */
  private static List<String> told(List<String> trace) {
    List<String> told = new ArrayList<>();
    Set<String> atWork = new HashSet<>(); // threads that have executed since they received
    String last = "";
    for (String line : trace) {
      String[] parts = line.strip().split(" ", 3);
      if (parts[2].equals("broker receive")) {
        atWork.remove(parts[1]);
      } else if (parts[2].equals("database execute")) {
        atWork.add(parts[1]);
      }
      String step = parts[1].replace('/', ' ') + ": " + parts[2];
      boolean isTold =
          TOLD.matcher(parts[2]).matches()
              || parts[1].endsWith("/recovery") && RECOVERED.matcher(parts[2]).matches()
              || atWork.contains(parts[1]) && ROLLED_BACK.matcher(parts[2]).matches();
      boolean isAnotherScan = step.endsWith(SCAN) && last.endsWith(SCAN);
      if (isTold && !isAnotherScan) {
        told.add(step);
        last = step;
      }
    }
    return told;
  }
}
