package io.handfast.node;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.smallrye.config.ConfigMapping;
import java.util.List;

/** All interfaces of the product that configuration is read by. */
public final class ConfigurationInterfaces {

  private ConfigurationInterfaces() {}

  public static List<Class<?>> all() {
    return new ClassFileImporter()
        .importPackages("io.handfast").stream()
            .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
            .<Class<?>>map(JavaClass::reflect)
            .toList();
  }
}
