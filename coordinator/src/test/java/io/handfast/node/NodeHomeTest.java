package io.handfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.transaction.TransactionId;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node is called, and what becomes of the directories of those that have no name. */
class NodeHomeTest {

  private static final Map<String, String> OUTSIDE =
      Map.of(
          "handfast.broker.url", "tcp://broker:61616",
          "handfast.database.url", "jdbc:postgresql://db/shop");

  @TempDir Path data;

  @Test
  void aNodeWithANameKeepsItAndItsDirectory() {
    NodeHome home = home(OUTSIDE, "handfast.node", "orders-1");

    assertThat(home.name()).isEqualTo("orders-1");
    assertThat(home.directory()).isEqualTo(data);
    assertThat(home.isDisposable()).isFalse();
  }

  @Test
  void theEmbeddedRunIsNotDisposable() {
    NodeHome home = home(Map.of(), "handfast.recovery.interval", "PT1M");

    assertThat(home.name()).isEqualTo("local");
    assertThat(home.isDisposable()).isFalse();
  }

  @Test
  void aNodeWithoutABrokerIsDisposableWhereItsDatabaseIsOutside() {
    Map<String, String> outside = Map.of("handfast.database.url", "jdbc:postgresql://db/shop");

    assertThat(home(outside, "handfast.broker.enabled", "false").isDisposable()).isTrue();
    assertThat(home(outside, "handfast.broker.enabled", "true").isDisposable()).isFalse();
    assertThat(home(Map.of(), "handfast.broker.enabled", "false").name()).isEqualTo("local");
  }

  @Test
  void aNodeWithoutANameTakesAnotherAtEachStart() {
    NodeHome first = disposable();
    NodeHome second = disposable();

    assertThat(first.isDisposable()).isTrue();
    assertThat(first.name())
        .isNotEqualTo(second.name())
        .matches(name -> TransactionId.NODE_NAME.matcher(name).matches());
    assertThat(first.directory()).isEqualTo(data.resolve(first.name()));
  }

  @Test
  void onlyWhatNoProcessUsesIsDeleted() throws IOException {
    NodeHome home = started(disposable(), Duration.ZERO);
    Path ended = started(disposable(), Duration.ofHours(1)).directory();
    Path starting = started(disposable(), Duration.ofSeconds(5)).directory();
    Path withoutLock = Files.createDirectory(data.resolve(disposable().name()));
    Path named = Files.createDirectories(data.resolve("node-1/log")).getParent();
    Path running = started(disposable(), Duration.ofHours(1)).directory();

    try (DirectoryLock held = DirectoryLock.take(running.resolve("lock")).orElseThrow()) {
      assertThat(held).isNotNull();
      home.deleteAbandoned();
    }

    assertThat(ended).doesNotExist();
    for (Path kept : new Path[] {home.directory(), starting, withoutLock, named, running}) {
      assertThat(kept).isDirectory();
    }
  }

  private NodeHome started(NodeHome home, Duration ago) throws IOException {
    Files.createDirectories(home.directory().resolve("log"));
    Files.createFile(home.directory().resolve("log/file"));
    Files.createFile(home.lockFile());
    Files.setLastModifiedTime(home.lockFile(), FileTime.from(Instant.now().minus(ago)));
    return home;
  }

  private NodeHome disposable() {
    return home(OUTSIDE, "handfast.recovery.interval", "PT1M");
  }

  private NodeHome home(Map<String, String> some, String key, String value) {
    Map<String, String> properties = new HashMap<>(some);
    properties.put("handfast.data-directory", data.toString());
    properties.put(key, value);
    return new NodeHome(
        new SmallRyeConfigBuilder()
            .withMapping(NodeConfig.class)
            .withSources(new PropertiesConfigSource(properties, "test", 100))
            .withValidateUnknown(false)
            .build()
            .getConfigMapping(NodeConfig.class));
  }
}
