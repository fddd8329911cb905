package io.handfast.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Comments and messages name the component that acts. */
class WordsTest {

  private static final Pattern PRONOUN = Pattern.compile(Document.INDEFINITE_PRONOUN);

  private static final Pattern TEXT =
      Pattern.compile(".*\\.(?:java|js|html|css|yaml|properties|sh|xml)");

  @Test
  void noIndefinitePronounStandsForAComponent() throws IOException {
    List<String> found = new ArrayList<>();
    int files = 0;
    for (String module : List.of("participants", "coordinator")) {
      try (Stream<Path> paths = Files.walk(Document.ROOT.resolve(module + "/src/main"))) {
        for (Path file : paths.filter(WordsTest::isText).toList()) {
          files++;
          List<String> lines = Files.readAllLines(file);
          for (int i = 0; i < lines.size(); i++) {
            if (PRONOUN.matcher(lines.get(i).replace("BodyPublishers.noBody()", "")).find()) {
              found.add(file.getFileName() + ":" + (i + 1) + ": " + lines.get(i).strip());
            }
          }
        }
      }
    }
    assertThat(files).isGreaterThan(300);
    assertThat(found).isEmpty();
  }

  private static boolean isText(Path file) {
    return Files.isRegularFile(file) && TEXT.matcher(file.toString()).matches();
  }
}
