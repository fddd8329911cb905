package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a process printed, over all its restarts. */
public record LogFile(Path path) {

  /** All of it; empty before the process has printed anything. */
  public String text() {
    try {
      return Files.exists(path) ? new String(Files.readAllBytes(path), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<String> lines() {
    return text().lines().toList();
  }

  /** The lines in which the regular expression is found, in any case of letters. */
  public List<String> linesWith(String regex) {
    Pattern pattern = Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    return lines().stream().filter(line -> pattern.matcher(line).find()).toList();
  }

  /** Waits until a line has the regular expression in it. */
  public void awaitLineWith(String regex) {
    Eventually.within(Duration.ofSeconds(30), () -> assertThat(linesWith(regex)).isNotEmpty());
  }

  /** The last place where the regular expression is found. */
  public Optional<String> last(String regex) {
    Matcher matcher = Pattern.compile(regex).matcher(text());
    return matcher.results().reduce((first, second) -> second).map(result -> result.group());
  }

  /** The last lines, for the message of a failure. */
  public String tail(int count) {
    List<String> lines = lines();
    return path
        + " ends with\n"
        + String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
  }
}
