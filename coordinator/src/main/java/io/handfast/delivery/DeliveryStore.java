package io.handfast.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.node.DurableFile;
import io.handfast.node.NodeHome;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Keeps deliveries and paused states on disk, one readable file each.
 *
 * <p>A file is replaced as a whole and forced before a request is answered. File names are the
 * deliveries' names in hexadecimal, since file systems differ in what they tell apart.
 */
@Singleton
public class DeliveryStore {

  private static final String ENDING = ".json";

  /**
   * One stored delivery.
   *
   * @param specification null for a delivery of the configuration
   */
  record Stored(
      String name, @org.jspecify.annotations.Nullable JsonNode specification, boolean isPaused) {}

  private final NodeHome home;
  private final Path directory;
  private final Path firstRunMark;
  private final Map<String, JsonNode> configured;
  private final ObjectMapper json;
  private final boolean isFirstRun;

  DeliveryStore(NodeHome home, DeliveriesConfig config, ObjectMapper json) {
    this.home = home;
    this.directory = home.directory().resolve("deliveries");
    this.configured = ConfiguredDeliveries.asJson(config);
    this.json = json;
    this.firstRunMark = home.directory().resolve("deliveries.first-run");
    this.isFirstRun = !Files.isDirectory(directory) || Files.exists(firstRunMark);
  }

  /** Whether a delivery is declared in configuration, and so cannot be changed over REST. */
  boolean isConfigured(String name) {
    return configured.containsKey(name);
  }

  /** Whether what is stored is gone with this process. */
  boolean isDisposable() {
    return home.isDisposable();
  }

  /**
   * The deliveries that were stored, and those of the configuration.
   *
   * @param firstRun deliveries to store where this process is the first on its data directory
   */
  Collection<Stored> load(Map<String, JsonNode> firstRun) {
    if (isFirstRun) {
      prepare();
      firstRun.forEach((name, body) -> save(new Stored(name, body, false)));
      endFirstRun();
    }
    Map<String, Stored> stored = read();
    configured.forEach(
        (name, body) -> {
          Stored known = stored.get(name);
          stored.put(name, new Stored(name, body, known != null && known.isPaused()));
        });
    return stored.values();
  }

  /** The directory is there from now on; until all is stored, the mark says that it is new. */
  private void prepare() {
    try {
      if (isFirstRun && !Files.isDirectory(directory)) {
        DurableFile.createDirectories(firstRunMark.getParent());
        DurableFile.replace(firstRunMark, "");
      }
      DurableFile.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("the directory cannot be used: " + directory, e);
    }
  }

  private void endFirstRun() {
    try {
      DurableFile.delete(firstRunMark);
    } catch (IOException e) {
      throw new UncheckedIOException("the file cannot be deleted: " + firstRunMark, e);
    }
  }

  private Map<String, Stored> read() {
    Map<String, Stored> stored = new TreeMap<>();
    if (!Files.isDirectory(directory)) {
      return stored;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(ENDING)).toList()) {
        JsonNode content = json.readTree(Files.readAllBytes(file));
        String name = content.path("name").asText();
        JsonNode specification = content.get("specification");
        stored.put(name, new Stored(name, specification, content.path("paused").asBoolean()));
      }
      return stored;
    } catch (IOException e) {
      throw new UncheckedIOException("the stored deliveries cannot be read: " + directory, e);
    }
  }

  /** Opens the file of failed applications, beside the deliveries. */
  public Failures openFailures() {
    prepare();
    try {
      return Failures.open(directory.resolve("failures.mv"));
    } catch (IOException e) {
      throw new UncheckedIOException("the file cannot be used in " + directory, e);
    }
  }

  void save(Stored delivery) {
    ObjectNode content = json.createObjectNode();
    content.put("name", delivery.name());
    content.put("paused", delivery.isPaused());
    if (delivery.specification() != null) {
      content.set("specification", delivery.specification());
    }
    try {
      DurableFile.createDirectories(directory);
      DurableFile.replace(file(delivery.name()), content.toPrettyString() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("the delivery cannot be stored in " + directory, e);
    }
  }

  void delete(String name) {
    try {
      DurableFile.createDirectories(directory);
      DurableFile.delete(file(name));
    } catch (IOException e) {
      throw new UncheckedIOException("the delivery cannot be deleted from " + directory, e);
    }
  }

  private Path file(String name) {
    String hex = java.util.HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
    return directory.resolve(hex + ENDING);
  }
}
