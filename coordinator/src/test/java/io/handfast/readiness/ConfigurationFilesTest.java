package io.handfast.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.readiness.Check.Finding;
import io.handfast.readiness.NodeChecks.ConfigurationFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFilesTest {

  private static final String FILE = "config/application.properties";

  @TempDir Path directory;

  private Path working;
  private Path program;

  @BeforeEach
  void twoDirectories() throws IOException {
    working = Files.createDirectory(directory.resolve("a working directory"));
    program = Files.createDirectory(directory.resolve("program"));
  }

  @Test
  void noFileAndTheFileThatIsReadPass() throws IOException {
    assertThat(findings()).isEmpty();
    Path file = write(working.resolve(FILE), "handfast.node=a");
    assertThat(findings(file)).isEmpty();
  }

  @Test
  void theFileBesideTheProgramIsRefusedUnlessItIsRead() throws IOException {
    Path beside = write(program.resolve(FILE), "");

    assertThat(findings())
        .singleElement()
        .hasToString(
            ("%s: is not read: the configuration is config/application.properties in the working directory, %s;"
                    + " start in %s, or with -Dsmallrye.config.locations=%s before -jar")
                .formatted(beside, working, program, beside.getParent()));
    assertThat(findings(beside)).isEmpty();
  }

  @Test
  void theProgramInTheWorkingDirectoryIsFoundOnce() throws IOException {
    program = working;
    Path file = write(working.resolve(FILE), "");

    assertThat(findings(file)).isEmpty();
    assertThat(findings()).hasSize(1);
  }

  @Test
  void aFileThatCouldNotBeReadIsRefused() throws IOException {
    write(working.resolve(FILE), "");

    assertThat(findings()).singleElement().asString().endsWith("let this process read it");
  }

  @Test
  void aDirectoryWhereTheFileShouldBeIsRefused() throws IOException {
    Files.createDirectories(working.resolve(FILE));

    assertThat(findings()).singleElement().asString().contains("it is a directory");
  }

  @Test
  void yamlIsRefused() throws IOException {
    write(working.resolve("config/application.yaml"), "");
    write(program.resolve("config/application.yml"), "");

    assertThat(findings()).hasSize(2).allMatch(found -> found.remedy().contains(".properties"));
  }

  @Test
  void aFileOutsideOfConfigIsRefusedWhereItIsForHandfast() throws IOException {
    write(working.resolve("application.properties"), "spring.application.name=shop");
    assertThat(findings()).isEmpty();

    write(working.resolve("application.properties"), "handfast.node=a");
    assertThat(findings())
        .singleElement()
        .asString()
        .endsWith("move it to " + working.resolve(FILE));
  }

  private List<Finding> findings(Path... read) {
    List<String> sources =
        Stream.of(read).map(file -> "PropertiesConfigSource[source=" + file.toUri() + "]").toList();
    ConfigurationFiles files = new ConfigurationFiles(working, program, sources);
    return Check.ofNode("configuration-files", files::check).findings(CheckedState.NOTHING);
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
