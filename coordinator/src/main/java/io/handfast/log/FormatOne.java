package io.handfast.log;

import io.handfast.log.LogRecord.Decided;
import io.handfast.log.LogRecord.Ended;
import io.handfast.node.DirectoryLock;
import io.handfast.node.NodeIdentity;
import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The log's first format, which is only read: {@code identity.properties} beside Atomikos's text
 * files.
 *
 * <p>A line is {@code id|state|expires|node|participants}, the participants with commas between
 * them. Of several files the lowest counts (Atomikos 6.0.0, {@code VersionedFile}): the next one
 * may not be complete while the one before is still there.
 */
final class FormatOne {

  private static final String IDENTITY = "identity.properties";
  private static final String LOCK = "decisions.lck";
  private static final Pattern FILE = Pattern.compile("decisions(\\d{1,18})\\.log");
  private static final String COMMITTING = "COMMITTING";
  private static final int COLUMNS = 4;

  private FormatOne() {}

  /**
   * Reads a directory of the first format; empty where there is none.
   *
   * @param now stands for when its decisions were made, which it does not say
   */
  static Optional<LogContent> read(Path directory, Instant now) throws IOException {
    Path file = directory.resolve(IDENTITY);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    NodeIdentity identity = identityIn(file);
    try (DirectoryLock held = LogDirectory.lock(directory.resolve(LOCK))) {
      LogState state = new LogState();
      Optional<Path> decided =
          files(directory).stream().min(Comparator.comparingLong(FormatOne::numberOf));
      if (decided.isPresent()) {
        read(decided.get(), state, now);
      }
      return Optional.of(new LogContent(identity, state));
    }
  }

  /** Deletes what is left of the first format, once the present one has taken its content. */
  static void delete(Path directory) throws IOException {
    for (Path file : files(directory)) {
      Files.delete(file);
    }
    Files.deleteIfExists(directory.resolve(LOCK));
    Files.deleteIfExists(directory.resolve(IDENTITY));
  }

  private static NodeIdentity identityIn(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    String incarnation = properties.getProperty("incarnation", "");
    String log = properties.getProperty("log", "");
    String node = properties.getProperty("node", "");
    if (!incarnation.matches("[0-9]{1,18}")) {
      throw new DamagedLogException(file, "has the incarnation '" + incarnation + "'");
    }
    if (!log.matches("[0-9a-f]{8}") || !TransactionId.NODE_NAME.matcher(node).matches()) {
      throw new DamagedLogException(file, "names the log '%s' of node '%s'".formatted(log, node));
    }
    return NodeIdentity.counted(node, log, Long.parseLong(incarnation));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> FILE.matcher(file.getFileName().toString()).matches()).toList();
    }
  }

  private static long numberOf(Path file) {
    Matcher name = FILE.matcher(file.getFileName().toString());
    return name.matches() ? Long.parseLong(name.group(1)) : -1;
  }

  private static void read(Path file, LogState state, Instant decidedAt) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    boolean isWhole = Files.readString(file).endsWith(System.lineSeparator());
    if (!lines.isEmpty() && !isWhole) {
      lines.remove(lines.size() - 1); // torn: it was never confirmed
    }
    for (String line : lines) {
      String[] columns = line.split("\\|");
      Optional<TransactionId> id = TransactionId.parse(columns[0]);
      if (columns.length < COLUMNS || id.isEmpty()) {
        throw new DamagedLogException(file, "has the line '" + line + "'");
      }
      if (columns[1].equals(COMMITTING)) {
        String names = columns.length > COLUMNS ? columns[COLUMNS] : "";
        Map<String, String> participants = new LinkedHashMap<>();
        List.of(names.split(",")).forEach(name -> participants.put(name, ""));
        state.apply(new Decided(new LoggedDecision(id.get(), participants, decidedAt)));
      } else {
        state.apply(new Ended(id.get()));
      }
    }
  }
}
