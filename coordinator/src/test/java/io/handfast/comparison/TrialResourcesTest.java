package io.handfast.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.artemis.ArtemisBroker;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSettings;
import io.handfast.database.JdbcDatabase;
import io.handfast.message.BlockedSends;
import io.handfast.message.BrokerSettings;
import io.handfast.message.MessageLimits;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialResourcesTest {

  private static final String TABLE = TrialResources.table("n-1.abc", 1);

  @TempDir Path directory;

  private Database database;
  private TrialResources resources;

  @BeforeEach
  void open() throws Exception {
    String url = "jdbc:h2:" + directory.resolve("rows").toAbsolutePath();
    database = new JdbcDatabase("database", new DatabaseSettings(url, "sa", ""));
    Participants participants =
        new Participants(
            new ArtemisBroker(
                new BrokerSettings("tcp://127.0.0.1:1", null, null),
                MessageLimits.ofHeap(1L << 28),
                BlockedSends.NONE),
            Map.of(NodeConfig.DEFAULT_DATABASE, database));
    resources = new TrialResources(participants);
    resources.create(NodeConfig.DEFAULT_DATABASE, TABLE);
  }

  private void insert(int... ids) throws SQLException {
    for (int id : ids) {
      database.define(
          "INSERT INTO " + TABLE + "(id, body) VALUES (" + id + ", 'x')", Duration.ofSeconds(5));
    }
  }

  private Audit audit(int messages) throws SQLException {
    return resources.audit(NodeConfig.DEFAULT_DATABASE, TABLE, messages);
  }

  @Test
  void everyMessageOnceIsClean() throws Exception {
    insert(1, 2, 3);

    assertThat(audit(3)).isEqualTo(Audit.CLEAN);
  }

  @Test
  void missingIdsAreLostAndFurtherRowsAreDuplicated() throws Exception {
    insert(1, 1, 1, 4);

    assertThat(audit(4)).isEqualTo(new Audit(2, 2));
  }

  @Test
  void nameOfANodeIsNeverTheBeginningOfAnothers() {
    assertThat(TrialResources.queue("n10.abc", 1)).doesNotStartWith(TrialResources.queuesOf("n1"));
    assertThat(TrialResources.queue("n1-a.abc", 1)).doesNotStartWith(TrialResources.queuesOf("n1"));
    assertThat(TrialResources.queue("n1.abc", 1)).startsWith(TrialResources.queuesOf("n1"));
    assertThat(TrialResources.table("n10.abc", 1))
        .doesNotStartWith('"' + TrialResources.tablesOf("n1"));
    assertThat(TrialResources.table("n1.abc", 1)).startsWith('"' + TrialResources.tablesOf("n1"));
  }

  @Test
  void namesFitWhereTheyGo() {
    String longest = "n".repeat(24) + ".zzzzzzzz";

    assertThat(TrialResources.queue(longest, 9999).length())
        .as("a delivery")
        .isLessThanOrEqualTo(64);
    assertThat(TrialResources.table(longest, 9999).length() - 2)
        .as("PostgreSQL cuts longer names off")
        .isLessThanOrEqualTo(63);
  }
}
