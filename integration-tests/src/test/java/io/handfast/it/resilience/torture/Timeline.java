package io.handfast.it.resilience.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was done to whom and when, also as a file that can be followed. Thread-safe. */
final class Timeline {
  private final Instant begin = Instant.now();
  private final List<Event> events = Collections.synchronizedList(new ArrayList<>());
  private final Path file;

  /**
   * A fault.
   *
   * @param at since the beginning
   * @param took until what it did was undone: the killed process is ready, the network whole
   */
  record Event(Duration at, Fault fault, String what, Duration took) {}

  Timeline() throws IOException {
    file = TorturePage.beside("timeline.txt");
    Files.deleteIfExists(file);
  }

  Instant begin() {
    return begin;
  }

  Duration now() {
    return Duration.between(begin, Instant.now());
  }

  void add(Duration at, Fault fault, String what) {
    Event event = new Event(at, fault, what, now().minus(at));
    events.add(event);
    write("%s took %.1f s".formatted(what, event.took().toMillis() / 1e3), at);
  }

  /** A line that is no fault. */
  void say(String line) {
    write(line, now());
    System.out.println(clock(now()) + "  " + line);
  }

  private synchronized void write(String line, Duration at) {
    try {
      String text = "%s  %s%n".formatted(clock(at), line);
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String clock(Duration at) {
    return "%02d:%02d".formatted(at.toMinutes(), at.toSecondsPart());
  }

  List<Event> events() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  Map<Fault, List<Event>> byFault() {
    Map<Fault, List<Event>> byFault = new EnumMap<>(Fault.class);
    for (Event event : events()) {
      byFault.computeIfAbsent(event.fault(), unused -> new ArrayList<>()).add(event);
    }
    return byFault;
  }

  long kills() {
    return events().stream().filter(event -> event.fault().isKill()).count();
  }
}
