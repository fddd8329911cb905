package io.handfast.simulation;

import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.database.MemorySession;
import io.handfast.simulation.Faults.Fault;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The way of one process to the database: every call of its port goes through the network. */
final class SimulatedSeam implements MemorySeam {

  private static final String CHECK_VIOLATION = "23514";
  private static final String CONNECTION_LOST = "08006";
  private static final Duration LOCK_WAIT = Duration.ofSeconds(2);
  private static final Duration LOCK_LOOK = Duration.ofMillis(50);

  private final World world;
  private final SimulatedProcess process;
  private final Network network;
  private long waitedSince;

  SimulatedSeam(World world, SimulatedProcess process, Network network) {
    this.world = world;
    this.process = process;
    this.network = network;
  }

  @Override
  public void before(String call) throws SQLException {
    process.requireAlive();
    world.simulation.point("database " + call);
    if (world.faults.ofCall(process, "database", call) != Fault.NONE) {
      throw lost(call);
    }
  }

  @Override
  public void call(String call, MemorySession session, MemorySession.Work work)
      throws SQLException {
    Connection connection =
        new Connection() {
          @Override
          public void cut() {
            session.end();
          }

          @Override
          public void leave() {
            session.leave();
          }
        };
    try {
      network.call(
          process,
          "database",
          call,
          connection,
          () -> {
            work.run();
            return call;
          });
    } catch (LostCallException e) {
      throw lost(call);
    } catch (SQLException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The database refuses some messages each time, which become dead letters. */
  @Override
  public void runs(String sql, List<@Nullable Object> values) throws SQLException {
    long id = ((Number) Objects.requireNonNull(values.get(0))).longValue();
    if (world.plan.refuses(id)) {
      throw MemoryServer.failure("refused: " + id, CHECK_VIOLATION);
    }
  }

  private SQLException lost(String call) {
    return MemoryServer.failure("connection lost: " + call, CONNECTION_LOST);
  }

  @Override
  public boolean raisesTerm() {
    return world.safeguards.isTermRaised();
  }

  @Override
  public boolean comparesPositions() {
    return world.safeguards.arePositionsCompared();
  }

  @Override
  public boolean waits(String lock) {
    if (world.faults.isLockTimedOut()) {
      return false;
    }
    long now = world.simulation.nanos();
    if (waitedSince == 0 || now - waitedSince > 2 * LOCK_WAIT.toNanos()) {
      waitedSince = now;
    }
    if (now - waitedSince > LOCK_WAIT.toNanos()) {
      waitedSince = 0;
      return false;
    }
    SimulatedThread.me().waitUntil(() -> false, now + LOCK_LOOK.toNanos());
    return true;
  }
}
