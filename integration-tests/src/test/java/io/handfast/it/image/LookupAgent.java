package io.handfast.it.image;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * An agent for a coordinator's process that notes each look-up by name in all code but Java's own.
 *
 * <p>It stands at the calls, not in the called: a class that the virtual machine itself resolves
 * passes through {@code loadClass} too, and needs no declaration. What Java's own code looks up is
 * seen where it is a security provider's class, such as a kind of key store. What it cannot see:
 * other look-ups of Java's own code, and one through a method reference.
 */
public final class LookupAgent implements ClassFileTransformer {
  private static final String LOG = "io/handfast/it/image/LookupLog";

  private static final String OBJECT = "java/lang/Object";
  private static final Set<String> MEMBERS =
      Set.of(
          "getMethods",
          "getDeclaredMethods",
          "getFields",
          "getDeclaredFields",
          "getConstructors",
          "getDeclaredConstructors",
          "getRecordComponents");

  private static final Set<String> PROVIDED =
      Set.of("java/security/", "javax/crypto/", "javax/net/ssl/");

  /** By owner and name of the called: how to note what it has returned. */
  private static final Map<String, String> RESULTS =
      Map.ofEntries(
          Map.entry("java/lang/Class.forName", "found(Ljava/lang/Class;"),
          Map.entry("java/lang/ClassLoader.loadClass", "found(Ljava/lang/Class;"),
          Map.entry("java/lang/Class.newInstance", "made(Ljava/lang/Object;"),
          Map.entry("java/lang/reflect/Constructor.newInstance", "made(Ljava/lang/Object;"),
          Map.entry("java/lang/Class.getMethod", "found(Ljava/lang/reflect/Method;"),
          Map.entry("java/lang/Class.getDeclaredMethod", "found(Ljava/lang/reflect/Method;"),
          Map.entry("java/lang/Class.getField", "found(Ljava/lang/reflect/Field;"),
          Map.entry("java/lang/Class.getDeclaredField", "found(Ljava/lang/reflect/Field;"),
          Map.entry("java/lang/Class.getConstructor", "found(Ljava/lang/reflect/Constructor;"),
          Map.entry(
              "java/lang/Class.getDeclaredConstructor", "found(Ljava/lang/reflect/Constructor;"),
          Map.entry("java/beans/Introspector.getBeanInfo", "found(Ljava/beans/BeanInfo;"),
          Map.entry("java/util/ServiceLoader.load", "found(Ljava/util/ServiceLoader;"),
          Map.entry("java/util/ServiceLoader.loadInstalled", "found(Ljava/util/ServiceLoader;"));

  private LookupAgent() {}

  public static void premain(String arguments, Instrumentation instrumentation) {
    instrumentation.addTransformer(new LookupAgent());
  }

  @Override
  public byte[] transform(
      ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
    if (loader == null || name == null || name.startsWith("org/objectweb/asm/")) {
      return null;
    }
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(new Calls(writer, name.replace('/', '.')), 0);
    return writer.toByteArray();
  }

  private static final class Calls extends ClassVisitor {
    private final String type;

    Calls(ClassVisitor next, String type) {
      super(Opcodes.ASM9, next);
      this.type = type;
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      return new Noting(
          super.visitMethod(access, name, descriptor, signature, exceptions), type + "." + name);
    }
  }

  /** Puts a note beside each call that looks something up. */
  private static final class Noting extends MethodVisitor {
    private final String caller;

    Noting(MethodVisitor next, String caller) {
      super(Opcodes.ASM9, next);
      this.caller = caller;
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      noteResource(owner, name, descriptor);
      if (owner.equals("java/lang/Class") && MEMBERS.contains(name)) {
        super.visitInsn(Opcodes.DUP);
        note("inspected(Ljava/lang/Class;");
      }
      super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
      String result =
          isOfAProvider(owner, name)
              ? "provided(Ljava/lang/Object;"
              : RESULTS.get(ownerOf(owner, name, descriptor) + "." + name);
      if (result != null && opcode != Opcodes.INVOKESPECIAL) {
        super.visitInsn(Opcodes.DUP);
        note(result);
      }
    }

    /** A loader is called by its own type often: {@code URLClassLoader.loadClass}. */
    private static String ownerOf(String owner, String name, String descriptor) {
      boolean loads =
          name.equals("loadClass") && descriptor.equals("(Ljava/lang/String;)Ljava/lang/Class;");
      return loads && !owner.equals(OBJECT) ? "java/lang/ClassLoader" : owner;
    }

    /** {@code KeyStore.getInstance} and its like: a class that a security provider names. */
    private static boolean isOfAProvider(String owner, String name) {
      return name.equals("getInstance") && PROVIDED.stream().anyMatch(owner::startsWith);
    }

    private void noteResource(String owner, String name, String descriptor) {
      if (!name.startsWith("getResource") || !descriptor.startsWith("(Ljava/lang/String;)")) {
        return;
      }
      if (owner.equals("java/lang/Class")) {
        super.visitInsn(Opcodes.DUP2);
        note("asked(Ljava/lang/Class;Ljava/lang/String;");
      } else if (owner.equals("java/lang/ClassLoader")) {
        super.visitInsn(Opcodes.DUP2);
        note("asked(Ljava/lang/ClassLoader;Ljava/lang/String;");
      } else if (owner.endsWith("ClassLoader")) {
        super.visitInsn(Opcodes.DUP);
        note("asked(Ljava/lang/String;");
      }
    }

    private void note(String method) {
      int parameters = method.indexOf('(');
      super.visitLdcInsn(caller);
      super.visitMethodInsn(
          Opcodes.INVOKESTATIC,
          LOG,
          method.substring(0, parameters),
          method.substring(parameters) + "Ljava/lang/String;)V",
          false);
    }
  }
}
