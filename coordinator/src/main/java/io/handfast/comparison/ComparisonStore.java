package io.handfast.comparison;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.node.DurableFile;
import io.handfast.node.NodeHome;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Keeps comparisons on disk, one readable file each. */
@Singleton
public class ComparisonStore {

  private static final Logger LOG = Logger.getLogger(ComparisonStore.class);
  private static final String ENDING = ".json";

  private final Path directory;
  private final ObjectMapper json;

  @Inject
  ComparisonStore(NodeHome home, ObjectMapper json) {
    this(home.directory().resolve("comparisons"), json);
  }

  ComparisonStore(Path directory, ObjectMapper json) {
    this.directory = directory;
    this.json = json;
  }

  /** All that can be read; what cannot is named in the log, and does not prevent a start. */
  List<Comparison> load() {
    List<Comparison> comparisons = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return comparisons;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(ENDING)).toList()) {
        try {
          comparisons.add(ComparisonJson.read(json.readTree(Files.readAllBytes(file))));
        } catch (IOException | RuntimeException e) {
          LOG.warnf("comparison not readable path=%s: %s; it is left out", file, e.getMessage());
        }
      }
      return comparisons;
    } catch (IOException e) {
      throw new UncheckedIOException("the comparisons cannot be read: " + directory, e);
    }
  }

  void save(Comparison comparison) {
    try {
      DurableFile.createDirectories(directory);
      DurableFile.replace(
          file(comparison.id()), ComparisonJson.write(comparison).toPrettyString() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("the comparison cannot be stored in " + directory, e);
    }
  }

  void delete(String id) {
    try {
      DurableFile.delete(file(id));
    } catch (IOException e) {
      throw new UncheckedIOException("the comparison cannot be deleted from " + directory, e);
    }
  }

  private Path file(String id) {
    return directory.resolve(id + ENDING);
  }
}
