package io.handfast.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import io.netty.handler.ssl.CipherSuiteFilter;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslClientContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Every way in which Netty makes a TLS context leads to the JDK's in the native image. Without
 * GraalVM: what has to be replaced is read in Netty's code, and what is replaced in the annotations
 * of Quarkus' substitutions and of ours.
 */
class NettySubstitutionsTest {

  private static final String OURS = NativeImage.class.getPackageName();

  private static final JavaClasses SUBSTITUTIONS =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.quarkus.netty.runtime.graal", OURS);

  /** By the names of the classes that have them in the image's code. */
  private static final Map<String, String> TARGETS =
      SUBSTITUTIONS.stream()
          .filter(type -> type.isAnnotatedWith(TargetClass.class))
          .filter(type -> !targetOf(type).isEmpty())
          .collect(Collectors.toMap(JavaClass::getName, NettySubstitutionsTest::targetOf));

  @Test
  void everyWayToMakeAContextIsReplacedOnce() {
    List<JavaMethodCall> calls =
        new ClassFileImporter()
                .importClasses(SslContextBuilder.class, SslContext.class)
                .get(SslContextBuilder.class)
                .getMethodCallsFromSelf()
                .stream()
                .filter(call -> call.getTargetOwner().isEquivalentTo(SslContext.class))
                .filter(call -> call.getName().matches("new\\w+ContextInternal"))
                .toList();

    assertThat(calls).hasSizeGreaterThanOrEqualTo(2);
    assertThat(calls)
        .allSatisfy(
            call ->
                assertThat(replacementsOf(call))
                    .as("what replaces %s in the native image", call.getTarget().getFullName())
                    .hasSize(1));
  }

  private static List<String> replacementsOf(JavaMethodCall call) {
    String replaced =
        call.getName()
            + call.getTarget().getRawParameterTypes().stream().map(JavaClass::getName).toList();
    return SUBSTITUTIONS.stream()
        .filter(type -> SslContext.class.getName().equals(TARGETS.get(type.getName())))
        .flatMap(type -> type.getMethods().stream())
        .filter(method -> method.isAnnotatedWith(Substitute.class))
        .filter(method -> signature(method).equals(replaced))
        .map(JavaCodeUnit::getFullName)
        .toList();
  }

  /** The image's builder would say so after a quarter of an hour. */
  @Test
  void whatOurSubstitutionsReplaceOrNameIsInNetty() throws ClassNotFoundException {
    List<JavaClass> ours =
        SUBSTITUTIONS.stream()
            .filter(type -> type.getPackageName().equals(OURS))
            .filter(type -> TARGETS.containsKey(type.getName()))
            .toList();

    assertThat(ours).hasSize(3);
    for (JavaClass type : ours) {
      Class<?> target = Class.forName(TARGETS.get(type.getName()));
      Set<String> there =
          new ClassFileImporter()
              .importClasses(target).get(target).getCodeUnits().stream()
                  .map(NettySubstitutionsTest::signature)
                  .collect(Collectors.toSet());
      assertThat(
              type.getCodeUnits().stream()
                  .filter(
                      u -> u.isAnnotatedWith(Alias.class) || u.isAnnotatedWith(Substitute.class))
                  .map(NettySubstitutionsTest::signature))
          .isNotEmpty()
          .isSubsetOf(there);
    }
  }

  /** Its code, with Netty's classes in the place of their aliases as the image's builder has it. */
  @Test
  void theSubstitutionMakesAClientsContextOfTheJdk() throws Exception {
    Class<?> inNetty =
        MethodHandles.privateLookupIn(SslContext.class, MethodHandles.lookup())
            .defineClass(withoutAliases(OURS + ".Target_io_netty_handler_ssl_SslContext"));
    Method make =
        Stream.of(inNetty.getDeclaredMethods())
            .filter(method -> method.getName().equals("newClientContextInternal"))
            .findAny()
            .orElseThrow();
    make.setAccessible(true);
    Object[] arguments =
        Arrays.stream(make.getParameterTypes())
            .map(type -> type == long.class ? 0L : type == boolean.class ? false : null)
            .toArray();
    arguments[List.of(make.getParameterTypes()).indexOf(CipherSuiteFilter.class)] =
        IdentityCipherSuiteFilter.INSTANCE;

    assertThat(make.invoke(null, arguments)).isInstanceOf(JdkSslClientContext.class);
    arguments[List.of(make.getParameterTypes()).lastIndexOf(boolean.class)] = true;
    assertThatThrownBy(() -> make.invoke(null, arguments))
        .hasRootCauseMessage("OCSP needs OpenSSL, which the native image does not have");
  }

  private static byte[] withoutAliases(String type) throws IOException {
    Map<String, String> names = new TreeMap<>();
    TARGETS.forEach((alias, target) -> names.put(internal(alias), internal(target)));
    names.put(internal(type), internal(SslContext.class.getPackageName() + ".Substituted"));
    ClassWriter renamed = new ClassWriter(0);
    new ClassReader(type)
        .accept(
            new ClassVisitor(Opcodes.ASM9, renamed) {
              @Override
              public void visit(
                  int version,
                  int access,
                  String name,
                  String generic,
                  String parent,
                  String[] of) {
                super.visit(version, access, names.get(name), null, parent, of);
              }

              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String descriptor, String generic, String[] thrown) {
                return new Renaming(
                    super.visitMethod(access, name, descriptor, null, thrown), names);
              }
            },
            ClassReader.SKIP_DEBUG);
    return renamed.toByteArray();
  }

  private static final class Renaming extends MethodVisitor {
    private final Map<String, String> names;

    Renaming(MethodVisitor next, Map<String, String> names) {
      super(Opcodes.ASM9, next);
      this.names = names;
    }

    @Override
    public void visitTypeInsn(int code, String type) {
      super.visitTypeInsn(code, names.getOrDefault(type, type));
    }

    @Override
    public void visitMethodInsn(
        int code, String owner, String name, String descriptor, boolean ofInterface) {
      String renamed = descriptor;
      for (Map.Entry<String, String> type : names.entrySet()) {
        renamed = renamed.replace("L" + type.getKey() + ";", "L" + type.getValue() + ";");
      }
      super.visitMethodInsn(code, names.getOrDefault(owner, owner), name, renamed, ofInterface);
    }
  }

  /** A name with parameters, in which a class is called what it replaces. */
  private static String signature(JavaCodeUnit unit) {
    return unit.getName()
        + unit.getRawParameterTypes().stream()
            .map(JavaClass::getName)
            .map(name -> TARGETS.getOrDefault(name, name))
            .toList();
  }

  private static String targetOf(JavaClass type) {
    return type.getAnnotationOfType(TargetClass.class).className();
  }

  private static String internal(String name) {
    return name.replace('.', '/');
  }
}
