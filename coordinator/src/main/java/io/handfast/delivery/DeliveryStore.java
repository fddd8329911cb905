package io.handfast.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.node.DurableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Deliveries on disk, one readable file each: what was created over REST, and what is paused.
 *
 * <p>A file is replaced as a whole and forced before a request is answered. File names are the
 * deliveries' names in hexadecimal, since file systems differ in what they tell apart.
 */
final class DeliveryStore {

  private static final String ENDING = ".json";

  /**
   * One stored delivery.
   *
   * @param specification null for a delivery of the configuration
   */
  record Stored(
      String name, @org.jspecify.annotations.Nullable JsonNode specification, boolean isPaused) {}

  private final Path directory;
  private final ObjectMapper json;

  DeliveryStore(Path directory, ObjectMapper json) {
    this.directory = directory;
    this.json = json;
  }

  /** Whether anything was ever stored here. */
  boolean isNew() {
    return !Files.isDirectory(directory);
  }

  Map<String, Stored> load() {
    Map<String, Stored> stored = new TreeMap<>();
    if (isNew()) {
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
  Failures openFailures() {
    try {
      DurableFile.createDirectories(directory);
      return Failures.open(directory.resolve("failures.mv"));
    } catch (IOException e) {
      throw new UncheckedIOException("the directory cannot be used: " + directory, e);
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
