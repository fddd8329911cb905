package io.handfast.resolution;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.node.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * An append-only file of JSON lines with operators' acts and heuristic outcomes.
 *
 * <p>A line that a crash has left half written is cut off at the next start: nothing was done
 * because of it. Used by one thread at a time.
 */
final class ResolutionFile implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ResolutionFile.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HEURISTIC = "heuristic";
  private static final String ACT = "act";

  private final Path path;
  private final FileChannel channel;

  private ResolutionFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static ResolutionFile open(Path path) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    DurableFile.forceDirectoryOf(path);
    return new ResolutionFile(path, channel);
  }

  /** Reads all entries, {@link Heuristic} or {@link OperatorAct}, and makes ready to append. */
  List<ResolutionEntry> read() throws IOException {
    byte[] content = Files.readAllBytes(path);
    int end = content.length;
    while (end > 0 && content[end - 1] != '\n') {
      end--;
    }
    channel.truncate(end);
    channel.position(end);
    List<ResolutionEntry> entries = new ArrayList<>();
    for (String line : new String(content, 0, end, StandardCharsets.UTF_8).split("\n")) {
      if (!line.isBlank()) {
        read(line, entries);
      }
    }
    return entries;
  }

  private void read(String line, List<ResolutionEntry> entries) {
    try {
      JsonNode entry = JSON.readTree(line);
      Branch branch = Branch.parse(entry.path("xid").asText()).orElseThrow();
      entries.add(
          entry.path("entry").asText().equals(HEURISTIC)
              ? heuristic(entry, branch)
              : act(entry, branch));
    } catch (JsonProcessingException | RuntimeException e) {
      LOG.errorf("%s has a line that cannot be read and is passed over: %s", path, line);
    }
  }

  private static Heuristic heuristic(JsonNode entry, Branch branch) {
    return new Heuristic(
        branch,
        BranchAction.valueOf(entry.path("decision").asText()),
        Heuristic.Outcome.valueOf(entry.path("outcome").asText()),
        entry.path("cause").asText(),
        Instant.parse(entry.path("at").asText()));
  }

  private static OperatorAct act(JsonNode entry, Branch branch) {
    return new OperatorAct(
        branch,
        BranchAction.valueOf(entry.path("action").asText()),
        entry.path("who").asText(),
        entry.path("why").asText(),
        Verdict.valueOf(entry.path("decision").asText()),
        entry.path("forced").asBoolean(),
        Instant.parse(entry.path("at").asText()),
        entry.path("result").asText());
  }

  /** Appends an entry; on disk when this returns. */
  void append(ResolutionEntry entry) throws IOException {
    ObjectNode line = entry instanceof OperatorAct act ? line(act) : line((Heuristic) entry);
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(JSON.writeValueAsString(line) + "\n");
    long before = channel.position();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      channel.truncate(before); // half a line would swallow the next one
      throw e;
    }
  }

  private static ObjectNode line(Heuristic heuristic) {
    return line(HEURISTIC, heuristic.at(), heuristic.branch())
        .put("decision", heuristic.decision().name())
        .put("outcome", heuristic.outcome().name())
        .put("cause", heuristic.cause());
  }

  private static ObjectNode line(OperatorAct act) {
    return line(ACT, act.at(), act.branch())
        .put("action", act.action().name())
        .put("who", act.who())
        .put("why", act.why())
        .put("decision", act.decision().name())
        .put("forced", act.forced())
        .put("result", act.result());
  }

  private static ObjectNode line(String kind, Instant at, Branch branch) {
    return JSON.createObjectNode()
        .put("entry", kind)
        .put("at", at.toString())
        .put("xid", branch.xid())
        .put("transaction", branch.transaction().toString())
        .put("participant", branch.participant());
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debugf(e, "%s was not closed properly", path);
    }
  }
}
