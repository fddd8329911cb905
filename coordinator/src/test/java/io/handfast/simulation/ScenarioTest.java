package io.handfast.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.simulation.Faults.Power;
import io.handfast.simulation.Plan.Aftermath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
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
          "(broker|database) (prepare|commit|execute|record|rollback prepared|commit prepared).*"
              + "|.*: [A-Z_]+|crash of .*|the power .*|.* comes late|.* is refused|.* fails"
              + "|.* is not finished");

  private static final Pattern RECOVERED = Pattern.compile("broker (commit|rollback)");

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
                settings.getOrDefault("crashed", "restarted").toUpperCase(Locale.ROOT)));
    Logger log = Logger.getLogger("io.handfast");
    Level before = log.getLevel();
    log.setLevel(Level.OFF);
    World world = new World(simulation, plan, new ScriptedFaults(faults, power), Safeguards.ALL);
    try (world) {
      world.play();
    } finally {
      log.setLevel(before);
    }
    List<String> follows = new ArrayList<>();
    simulation.trace().stream()
        .map(ScenarioTest::told)
        .filter(t -> !t.isEmpty())
        .forEach(follows::add);
    follows.add("rows: " + world.applied().getOrDefault(1, 0));
    return follows;
  }

  /** A line without its time; empty where it is not told. */
  private static String told(String line) {
    String[] parts = line.strip().split(" ", 3);
    boolean isOfRecovery = parts[1].endsWith("/recovery");
    boolean isTold =
        TOLD.matcher(parts[2]).matches() || isOfRecovery && RECOVERED.matcher(parts[2]).matches();
    return isTold ? parts[1].replace('/', ' ') + ": " + parts[2] : "";
  }
}
