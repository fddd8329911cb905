package io.handfast.database;

import static io.handfast.database.Units.branch;
import static io.handfast.database.Units.messages;
import static io.handfast.database.Units.query;
import static io.handfast.database.Units.run;
import static io.handfast.database.Units.statements;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.participant.RecoverySession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process with an H2 database in it ends, mostly without a chance to say good-bye. */
class H2CrashTest {

  @TempDir Path directory;
  private JdbcDatabase database;

  @BeforeEach
  void onDisk() {
    String url = "jdbc:h2:file:" + directory.resolve("db");
    database = new JdbcDatabase("database", new DatabaseSettings(url, "sa", ""));
  }

  @Test
  void whatWasCommittedOrPreparedIsThereAfterTheProcessWasHalted() throws Exception {
    process("work", "halt");

    assertThat(ids()).isEqualTo("1,2");
    assertThat(prepared()).containsExactlyInAnyOrder(branch("b3"), branch("b4"), branch("b5"));
    resolve(database);
    assertThat(ids()).isEqualTo("1,2,3");
    assertThat(prepared()).isEmpty();
    run(database, "INSERT INTO t VALUES (4)");
    assertThat(ids()).isEqualTo("1,2,3,4");
  }

  @Test
  void preparedBranchesSurviveAnOrderlyExitToo() throws Exception {
    process("work", "exit");

    assertThat(ids()).isEqualTo("1,2");
    resolve(database);
    assertThat(ids()).isEqualTo("1,2,3");
    assertThat(prepared()).isEmpty();
  }

  @Test
  void workThatACrashInterruptsNeverComesBackAsAResolvedBranch() throws Exception {
    process("work", "halt");
    process("recover", "halt");

    assertThat(prepared()).isEmpty();
    assertThat(ids()).isEqualTo("1,2,3,99");
  }

  private void process(String... what) throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Ending.class.getName(),
                database.settings().url(),
                what[0],
                what[1])
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(Ending.AS_PLANNED);
  }

  private String ids() throws Exception {
    return query(database, "SELECT id FROM t ORDER BY id");
  }

  private List<Xid> prepared() throws Exception {
    try (RecoverySession recovery = database.openForRecovery()) {
      return recovery.preparedBranches();
    }
  }

  private static void resolve(JdbcDatabase database) throws Exception {
    try (RecoverySession recovery = database.openForRecovery()) {
      recovery.commit(branch("b3"));
      recovery.rollback(branch("b4"));
      recovery.rollback(branch("b5"));
    }
  }

  /** A process that works on the database and is gone. */
  static final class Ending {

    static final int AS_PLANNED = 42;

    private Ending() {}

    public static void main(String[] arguments) throws Exception {
      JdbcDatabase database =
          new JdbcDatabase("database", new DatabaseSettings(arguments[0], "sa", ""));
      if (arguments[1].equals("work")) {
        work(database);
      } else {
        recover(database);
      }
      if (arguments[2].equals("halt")) {
        Runtime.getRuntime().halt(AS_PLANNED);
      }
      System.exit(AS_PLANNED);
    }

    /** Commits 1 and 2, prepares 3 to 5 and closes their sessions, works on 6. */
    private static void work(JdbcDatabase database) throws Exception {
      run(database, "CREATE TABLE t (id INT PRIMARY KEY)");
      prepare(database, 2).xaResource().commit(branch("b2"), false);
      for (int i = 3; i <= 5; i++) {
        prepare(database, i).close();
      }
      insert(database.openLocal(), 6);
      JdbcSession local = database.openLocal();
      insert(local, 1);
      local.commit();
    }

    /** Commits 3 and 99, rolls 4 and 5 back, works on 10 to 19. */
    private static void recover(JdbcDatabase database) throws Exception {
      JdbcSession keepsItOpen = database.openLocal();
      resolve(database);
      for (int i = 10; i < 20; i++) {
        insert(database.openLocal(), i);
      }
      insert(keepsItOpen, 99);
      keepsItOpen.commit();
    }

    private static JdbcSession prepare(JdbcDatabase database, int id) throws Exception {
      JdbcSession session = database.openXa();
      session.xaResource().start(branch("b" + id), XAResource.TMNOFLAGS);
      insert(session, id);
      session.xaResource().end(branch("b" + id), XAResource.TMSUCCESS);
      session.xaResource().prepare(branch("b" + id));
      return session;
    }

    private static void insert(JdbcSession session, int id) throws Exception {
      session.execute(statements("INSERT INTO t VALUES (:id)"), messages("{\"id\": " + id + "}"));
    }
  }
}
