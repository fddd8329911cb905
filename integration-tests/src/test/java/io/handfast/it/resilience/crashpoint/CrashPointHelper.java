package io.handfast.it.resilience.crashpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * What the rules in a coordinator's process call; it tells the test by files.
 *
 * <p>It is loaded by the boot loader of that process, and may use nothing but Java itself.
 */
public class CrashPointHelper {
  static final String DIRECTORY = "crash-point.directory";
  static final String REACHED = "reached";
  static final String GO = "go";
  static final String TRACE = "trace";

  private static final Path FILES = Path.of(System.getProperty(DIRECTORY, ""));
  private static final Set<String> PASSED = ConcurrentHashMap.newKeySet();
  private static final Map<String, List<String>> STARTED = new ConcurrentHashMap<>();
  private static final long POLL_NANOS = 1_000_000;
  private static final int FORMAT_OF_BRANCHES = 0x48465354;

  private static volatile int limit;
  private static volatile String last = "";

  /** Marks a place as passed; true the first time. */
  public boolean first(String place) {
    return PASSED.add(place);
  }

  /** Whether a place was passed. */
  public boolean passed(String place) {
    return PASSED.contains(place);
  }

  /** Whether a resource is of a participant. */
  public boolean is(Object resource, String participant) {
    return participant.equals(resource.toString());
  }

  /** Whether the format of a branch is that of a transaction of Handfast's. */
  public boolean isBranch(int format) {
    return format == FORMAT_OF_BRANCHES;
  }

  /** Says that the point is reached, and goes on. */
  public void reach() {
    announce();
  }

  /** Says that the point is reached, and holds the thread until the test lets it go. */
  public void park() {
    announce();
    while (!Files.exists(FILES.resolve(GO))) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Lets only the first half be written. */
  public void tear(ByteBuffer bytes) {
    limit = bytes.limit();
    bytes.limit(bytes.position() + bytes.remaining() / 2);
  }

  /** Lets the rest be written. */
  public void mend(ByteBuffer bytes) {
    bytes.limit(limit);
  }

  /** Notes that a participant has a branch of a transaction. */
  public void started(Object participant, byte[] transaction) {
    STARTED
        .computeIfAbsent(new String(transaction), id -> new CopyOnWriteArrayList<>())
        .add(participant.toString());
  }

  /**
   * Waits until the participants that were started before have done a step. They are asked at the
   * same time; of all orders that may come of it this is the one that the test is about.
   *
   * @return true
   */
  public boolean inTurn(String step, Object participant, byte[] transaction) {
    String id = new String(transaction);
    List<String> all = STARTED.getOrDefault(id, List.of());
    for (String earlier : all.subList(0, Math.max(0, all.indexOf(participant.toString())))) {
      while (!PASSED.contains(line(step, earlier, id))) {
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
    return true;
  }

  /** Notes that a participant has done a step, or will not be asked to. */
  public void done(String step, Object participant, byte[] transaction) {
    PASSED.add(line(step, participant, new String(transaction)));
  }

  private static String line(String step, Object participant, String transaction) {
    return step + " " + participant + " " + transaction;
  }

  /** Notes a step that a participant was asked for, or has done. */
  public void trace(String step, Object participant, byte[] transaction) {
    last = new String(transaction);
    try {
      Files.writeString(
          FILES.resolve(TRACE),
          line(step, participant, last) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names the transaction of the last step; the test sees all of the file or none of it. */
  private static void announce() {
    try {
      Path written = Files.writeString(FILES.resolve(REACHED + ".new"), last);
      Files.move(written, FILES.resolve(REACHED), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
