package io.handfast.it.image;

import java.beans.BeanInfo;
import java.io.IOException;
import java.io.Writer;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.Provider;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notes what was looked up by name, in the coordinator's process: each look-up once, at once, so
 * that a {@code kill -9} loses none. Called by what {@link LookupAgent} puts behind each call.
 *
 * <p>A line is the kind of the look-up, what was found, and the method that asked.
 */
public final class LookupLog {
  /** The system property with the file to write. */
  static final String FILE = "it.lookups";

  private static final Set<String> NOTED = ConcurrentHashMap.newKeySet();
  private static Writer out;

  private LookupLog() {}

  /** A class by its name. */
  public static void found(Class<?> type, String caller) {
    note("class", type, caller);
  }

  /** The members of a class. */
  public static void inspected(Class<?> type, String caller) {
    note("members", type, caller);
  }

  /** An object of a class that no {@code new} names. */
  public static void made(Object object, String caller) {
    note("new", object == null ? null : object.getClass(), caller);
  }

  /** One method of a class. */
  public static void found(Method method, String caller) {
    note("members", method == null ? null : method.getDeclaringClass(), caller);
  }

  /** One field of a class. */
  public static void found(Field field, String caller) {
    note("members", field == null ? null : field.getDeclaringClass(), caller);
  }

  /** One constructor of a class. */
  public static void found(Constructor<?> constructor, String caller) {
    note("new", constructor == null ? null : constructor.getDeclaringClass(), caller);
  }

  /** The properties of a class, by its getters and setters. */
  public static void found(BeanInfo bean, String caller) {
    note("members", bean == null ? null : bean.getBeanDescriptor().getBeanClass(), caller);
  }

  /** What a security provider has made by a name, such as a key store of a type. */
  public static void provided(Object engine, String caller) {
    try {
      Provider provider = (Provider) engine.getClass().getMethod("getProvider").invoke(engine);
      if (provider.getClass().getClassLoader() != null) { // else Java's own, which declares itself
        for (Provider.Service service : provider.getServices()) {
          if (isNamedBy(engine, service)) {
            note("new", service.getClassName(), caller);
          }
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isNamedBy(Object engine, Provider.Service service)
      throws ReflectiveOperationException {
    for (String name : List.of("getType", "getAlgorithm", "getProtocol")) {
      try {
        Object value = engine.getClass().getMethod(name).invoke(engine);
        return service.getAlgorithm().equalsIgnoreCase(String.valueOf(value));
      } catch (NoSuchMethodException e) {
        // another kind of engine, which calls it by another name
      }
    }
    return false;
  }

  /** The providers of a service. */
  public static void found(ServiceLoader<?> loader, String caller) {
    String text = loader.toString();
    note("service", text.substring(text.indexOf('[') + 1, text.length() - 1), caller);
  }

  /** A resource, by a name that may be relative to the class. */
  public static void asked(Class<?> base, String name, String caller) {
    String path = base.getPackageName().replace('.', '/') + "/" + name;
    note("resource", name.startsWith("/") ? name.substring(1) : path, caller);
  }

  /** A resource, by its whole name. */
  public static void asked(ClassLoader loader, String name, String caller) {
    note("resource", name, caller);
  }

  /** A resource, by its whole name. */
  public static void asked(String name, String caller) {
    note("resource", name, caller);
  }

  private static void note(String kind, Class<?> type, String caller) {
    Class<?> element = type;
    while (element != null && element.isArray()) {
      element = element.getComponentType();
    }
    if (element != null && !element.isPrimitive() && element.getClassLoader() != null) {
      note(kind, element.getName(), caller);
    }
  }

  private static void note(String kind, String name, String caller) {
    String line = kind + "\t" + name + "\t" + caller;
    if (NOTED.add(line)) {
      write(line);
    }
  }

  private static synchronized void write(String line) {
    try {
      if (out == null) {
        out =
            Files.newBufferedWriter(
                Path.of(System.getProperty(FILE)),
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
      }
      out.write(line + "\n");
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
