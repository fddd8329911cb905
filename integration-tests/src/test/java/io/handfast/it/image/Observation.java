package io.handfast.it.image;

import io.handfast.it.harness.Tampering;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.objectweb.asm.ClassVisitor;

/** Starts coordinators with {@link LookupAgent}, and reads what they have looked up. */
final class Observation {

  /**
   * One look-up.
   *
   * @param kind {@code class}, {@code members}, {@code new}, {@code service} or {@code resource}
   * @param name of the class, the service or the resource
   * @param caller the method that asked, with its class
   */
  record Lookup(String kind, String name, String caller) {

    /**
     * Who asks for something that nobody else declares. Quarkus and what it brings declare theirs;
     * our own code asks for nothing by name, which ArchitectureTest sees to, but has Jackson write
     * some of its classes.
     */
    private static final List<String> WITHOUT_EXTENSION =
        List.of(
            "com.atomikos.",
            "org.HdrHistogram.",
            "org.apache.activemq.",
            "org.apache.commons.beanutils.",
            "org.h2.",
            "org.jgroups.",
            "org.postgresql.");

    /** Whether it is for this project to declare what was looked up. */
    boolean isOursToDeclare() {
      return WITHOUT_EXTENSION.stream().anyMatch(caller::startsWith)
          || name.startsWith("io.handfast.") && caller.startsWith("com.fasterxml.jackson.");
    }

    private static Lookup of(String line) {
      String[] parts = line.split("\t");
      return new Lookup(parts[0], parts[1], parts[2]);
    }

    @Override
    public String toString() {
      return "%s %s, asked for by %s".formatted(kind, name, caller);
    }
  }

  private final Path directory;

  Observation(Path directory) {
    this.directory = directory.toAbsolutePath();
  }

  /** What to add to a coordinator's process. */
  Tampering tampering() throws IOException {
    // Seen from every class loader, so by Java's own; the agent needs its library, from its own.
    Path log = jar("lookup-log.jar", Map.of(), List.of(LookupLog.class));
    Path agent =
        jar(
            "lookup-agent.jar",
            Map.of(
                "Premain-Class", LookupAgent.class.getName(),
                "Boot-Class-Path", log.toString(),
                "Class-Path", codeOf(ClassVisitor.class).toUri().toString()),
            classes(LookupAgent.class));
    return new Tampering(
        List.of("-javaagent:" + agent, "-D%s=%s".formatted(LookupLog.FILE, file())), Map.of());
  }

  /** Every look-up so far. */
  List<Lookup> lookups() throws IOException {
    return Files.readAllLines(file()).stream().distinct().map(Lookup::of).toList();
  }

  private Path file() {
    return directory.resolve("lookups.tsv");
  }

  private static List<Class<?>> classes(Class<?> outer) {
    List<Class<?>> classes = new ArrayList<>(List.of(outer.getDeclaredClasses()));
    classes.add(outer);
    return classes;
  }

  private Path jar(String name, Map<String, String> attributes, List<Class<?>> classes)
      throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.forEach((key, value) -> main.put(new Attributes.Name(key), value));
    Path file = directory.resolve(name);
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
      for (Class<?> type : classes) {
        String entry = type.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(entry));
        try (InputStream content = type.getClassLoader().getResourceAsStream(entry)) {
          content.transferTo(jar);
        }
      }
    }
    return file;
  }

  private static Path codeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
