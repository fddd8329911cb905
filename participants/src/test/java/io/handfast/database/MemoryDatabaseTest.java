package io.handfast.database;

import static io.handfast.database.Units.branch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.handfast.participant.NodeNameTakenException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The database in memory keeps the contract of the real ones, and fails as it is told. */
class MemoryDatabaseTest extends DatabaseContract {

  /** Fails at one call, before it or after it. */
  private static final class Failing implements MemorySeam {

    private String before = "";
    private String after = "";
    private String state = "08006";
    private Runnable waiting = () -> {};
    private boolean isWaitGranted;

    @Override
    public void before(String call) throws SQLException {
      fail(call.equals(before));
    }

    @Override
    public void after(String call) throws SQLException {
      fail(call.equals(after));
    }

    @Override
    public void runs(String sql, List<@Nullable Object> values) throws SQLException {
      fail(before.equals("statement"));
    }

    @Override
    public boolean waits(String lock) {
      waiting.run();
      return isWaitGranted;
    }

    private void fail(boolean isDue) throws SQLException {
      if (isDue) {
        throw MemoryServer.failure("on demand", state);
      }
    }
  }

  private final Failing seam = new Failing();
  private final MemoryServer server = new MemoryServer();
  private final MemoryDatabase database = new MemoryDatabase("database", server, seam);

  @Override
  Database database() {
    return database;
  }

  @Override
  String ids() {
    return server.rows().stream()
        .map(row -> (Long) row.values().get(0))
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(","));
  }

  @Test
  void aLostCallCommitsNothingAndALostAnswerAll() throws Exception {
    seam.before = "commit";
    MemorySession first = database.openLocal();
    insert(first, 1);
    assertThatThrownBy(first::commit).isInstanceOf(SQLException.class);
    assertThat(ids()).isEmpty();

    seam.before = "";
    seam.after = "commit";
    MemorySession second = database.openLocal();
    insert(second, 1);
    assertThatThrownBy(second::commit).isInstanceOf(SQLException.class);
    assertThat(ids()).isEqualTo("1");
    assertThat(second.isUsable()).isFalse();
    seam.after = "";
  }

  @Test
  void aBranchWhoseVoteIsLostIsPreparedAndOneWhoseCommitIsLostIsCommitted() throws Exception {
    seam.after = "prepare";
    MemorySession voting = database.openXa();
    assertThatThrownBy(() -> prepare(voting, branch("b1"), 1)).isInstanceOf(XAException.class);
    assertThat(prepared()).containsExactly(branch("b1"));

    seam.after = "commit prepared";
    MemorySession other = database.openXa();
    XAException unknown =
        catchThrowableOfType(
            XAException.class, () -> other.xaResource().commit(branch("b1"), false));
    assertThat(unknown.errorCode).isEqualTo(XAException.XA_HEURHAZ);
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void statementsFailAsTheyAreTold() throws Exception {
    MemorySession session = database.openLocal();
    seam.before = "statement";
    assertFails(session, "22000", SqlFailure.POISON, true);
    assertFails(session, "42P01", SqlFailure.SUSPECT, true);
    assertFails(session, "40001", SqlFailure.INFRASTRUCTURE, true);
    assertFails(session, "08006", SqlFailure.INFRASTRUCTURE, false);
  }

  private void assertFails(
      MemorySession session, String state, SqlFailure expected, boolean isUsable)
      throws SQLException {
    seam.state = state;
    SQLException failure = catchThrowableOfType(SQLException.class, () -> insert(session, 1));
    assertThat(session.classify(failure)).isEqualTo(expected);
    assertThat(session.isUsable()).isEqualTo(isUsable);
    if (isUsable) {
      session.rollback();
    }
  }

  @Test
  void aWaitLastsAsLongAsTheSeamLetsIt() throws Exception {
    try (MemorySession first = database.openLocal();
        MemorySession second = database.openLocal()) {
      insert(first, 1);
      seam.isWaitGranted = true;
      seam.waiting =
          () -> {
            try {
              first.rollback();
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          };
      insert(second, 1);
      second.commit();
    }
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void aCrashLeavesWhatIsPreparedAndFreesTheName() throws Exception {
    MemoryDatabase other = new MemoryDatabase("database", server, MemorySeam.NONE);
    database.claim("n1");
    assertThatThrownBy(() -> other.claim("n1")).isInstanceOf(NodeNameTakenException.class);
    prepare(database.openXa(), branch("b1"), 1);
    MemorySession open = database.openLocal();
    insert(open, 2);

    database.crash("n1");

    assertThat(other.claim("n1").isHeld()).isTrue();
    assertThat(open.isUsable()).isFalse();
    try (MemorySession next = other.openLocal()) {
      insert(next, 2);
      next.commit();
    }
    try (MemorySession next = other.openXa()) {
      next.xaResource().commit(branch("b1"), false);
    }
    assertThat(ids()).isEqualTo("1,2");
  }
}
