package io.handfast.it.benchmark.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Database;
import io.handfast.it.harness.PostgresProcess;
import io.handfast.it.harness.Scene;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * From the creation of the process to "ready" and to "nothing prepared", after {@code kill -9}
 * under load, with a broker and a database that are processes of their own.
 *
 * <p>Played by {@code mvn verify -Precovery} alone, which writes {@code
 * docs/benchmarks/recovery.md}.
 */
@EnabledIfSystemProperty(named = "recovery.page", matches = ".+")
class RecoveryBenchmarkIT {
  private static final int ROUNDS = Integer.getInteger("recovery.rounds", 1);
  private static final int BACKLOG = Integer.getInteger("recovery.backlog", 3_000);
  private static final String PAGE = System.getProperty("recovery.page", "");
  private static final int MANY = 500;

  /** More than are left by hand, and more than the consumers prepare meanwhile. */
  private static final int MAX_PREPARED_TRANSACTIONS = 2 * MANY;

  private static final Setting SAMPLE = Setting.killed(32, 1);

  @RegisterExtension final Scene scene = new Scene();

  private final Random random = new Random(7);
  private Database large;

  private static List<Setting> settings() {
    return PAGE.isEmpty()
        ? List.of(SAMPLE)
        : List.of(
            Setting.stopped(),
            Setting.killed(4, 100),
            SAMPLE,
            Setting.killedWithMore("and 500 more in PostgreSQL", MANY, 0),
            Setting.killedWithMore("and 500 more in each", MANY, MANY));
  }

  @Test
  void nothingIsPreparedAnyMoreSoonAfterAKill() throws Exception {
    Map<Setting, List<Start>> found = new LinkedHashMap<>();
    for (Setting setting : settings()) {
      Starts starts = new Starts(scene, setting, database(setting), BACKLOG, random);
      List<Start> measured = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        Start start = starts.measure();
        measured.add(start);
        System.out.println(setting.name() + ": " + start);
      }
      starts.audit();
      found.put(setting, measured);
      System.out.println(Page.row(setting, measured));
      assertThat(measured).as("left for recovery").anyMatch(s -> isAsWanted(setting, s));
    }
    if (!PAGE.isEmpty()) {
      new Page(found, scene.database()).writeTo(Path.of(PAGE));
    }
  }

  private static boolean isAsWanted(Setting setting, Start start) {
    return setting.isKilled() ? start.prepared() > setting.left() : start.prepared() == 0;
  }

  private Database database(Setting setting) throws SQLException {
    if (setting.left() == 0) {
      return scene.database();
    }
    if (large == null) {
      PostgresProcess server = scene.postgresWithMaxPreparedTransactions(MAX_PREPARED_TRANSACTIONS);
      large = server.createDatabase("many");
    }
    return large;
  }
}
