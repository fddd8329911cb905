package io.handfast.it.image;

import io.handfast.it.image.Observation.Lookup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * What the built runner declares for the native image: the annotations in {@code image}, and what
 * Quarkus declares by itself, which is what the methods of resources return and what that holds.
 */
final class Declarations {
  private static final String PACKAGE = "io/handfast/image/";
  private static final String SERVICES = "META-INF/services/";
  private static final String OURS = "io/handfast/";
  private static final Pattern RESOURCE = Pattern.compile("io/handfast/api/\\w+Resource");
  private static final Pattern TYPE = Pattern.compile("L(io/handfast/[\\w/$]+)");

  private final Set<String> classes = new TreeSet<>();
  private final List<PathMatcher> resources = new ArrayList<>();

  /** All files in the runner's jars, and the providers that its service files name. */
  private final Set<String> files = new TreeSet<>();

  private final Map<String, Set<String>> providers = new TreeMap<>();

  /** Our types that answers consist of, and those of the fields of each of our types. */
  private final Set<String> answers = new TreeSet<>();

  private final Map<String, Set<String>> fields = new TreeMap<>();

  /** Reads them out of the runner under test, which is a jar. */
  static Declarations of(Path runner) throws IOException {
    Declarations declarations = new Declarations();
    for (String directory : List.of("app", "lib/boot", "lib/main")) {
      try (Stream<Path> jars = Files.list(runner.resolveSibling(directory))) {
        for (Path jar : jars.toList()) {
          declarations.read(jar);
        }
      }
    }
    declarations.answers.forEach(declarations::addAnswer);
    return declarations;
  }

  /** Whether the native image answers what was looked up as the Java virtual machine does. */
  boolean has(Lookup lookup) {
    return switch (lookup.kind()) {
      case "resource" -> hasResource(lookup.name());
      case "service" ->
          hasResource(SERVICES + lookup.name())
              && classes.containsAll(providers.getOrDefault(lookup.name(), Set.of()));
      default -> classes.contains(lookup.name());
    };
  }

  /** A resource that is nowhere need not be declared: it is found here as little as there. */
  private boolean hasResource(String name) {
    return !files.contains(name)
        || resources.stream().anyMatch(glob -> glob.matches(Path.of(name)));
  }

  private void read(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
        String name = entry.getName();
        files.add(name);
        if (name.startsWith(PACKAGE) && name.endsWith(".class")) {
          try (InputStream content = jar.getInputStream(entry)) {
            new ClassReader(content).accept(new Annotations(), ClassReader.SKIP_CODE);
          }
        } else if (name.startsWith(OURS) && name.endsWith(".class")) {
          try (InputStream content = jar.getInputStream(entry)) {
            new ClassReader(content).accept(new Types(), ClassReader.SKIP_CODE);
          }
        } else if (name.startsWith(SERVICES) && !entry.isDirectory()) {
          try (InputStream content = jar.getInputStream(entry)) {
            addProviders(name.substring(SERVICES.length()), content);
          }
        }
      }
    }
  }

  private void addAnswer(String type) {
    if (classes.add(type.replace('/', '.'))) {
      fields.getOrDefault(type, Set.of()).forEach(this::addAnswer);
    }
  }

  private void addProviders(String service, InputStream content) throws IOException {
    new String(content.readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .forEach(line -> providers.computeIfAbsent(service, s -> new TreeSet<>()).add(line));
  }

  private void declared(String member, Object value) {
    switch (member) {
      case "classNames" -> classes.add((String) value);
      case "targets" -> classes.add(((Type) value).getClassName());
      case "globs" -> resources.add(FileSystems.getDefault().getPathMatcher("glob:" + value));
      default -> {}
    }
  }

  private final class Annotations extends ClassVisitor {
    Annotations() {
      super(Opcodes.ASM9);
    }

    @Override
    public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
      return new Members("");
    }
  }

  /** The types of a class's fields, and of the answers of a resource's methods. */
  private final class Types extends ClassVisitor {
    private String type = "";

    Types() {
      super(Opcodes.ASM9);
    }

    @Override
    public void visit(int v, int access, String name, String generic, String parent, String[] of) {
      type = name;
    }

    @Override
    public FieldVisitor visitField(int access, String name, String raw, String generic, Object o) {
      addTypes(generic == null ? raw : generic, fields.computeIfAbsent(type, t -> new TreeSet<>()));
      return null;
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String raw, String generic, String[] thrown) {
      if (RESOURCE.matcher(type).matches() && (access & Opcodes.ACC_PUBLIC) != 0) {
        String signature = generic == null ? raw : generic;
        addTypes(signature.substring(signature.indexOf(')')), answers);
      }
      return null;
    }

    private static void addTypes(String signature, Set<String> into) {
      TYPE.matcher(signature).results().map(found -> found.group(1)).forEach(into::add);
    }
  }

  /** The values of an annotation's members that are lists. */
  private final class Members extends AnnotationVisitor {
    private final String member;

    Members(String member) {
      super(Opcodes.ASM9);
      this.member = member;
    }

    @Override
    public AnnotationVisitor visitArray(String name) {
      return new Members(name);
    }

    @Override
    public void visit(String name, Object value) {
      declared(member, value);
    }
  }
}
