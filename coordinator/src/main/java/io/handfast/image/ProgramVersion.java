package io.handfast.image;

import org.jspecify.annotations.Nullable;

/**
 * The version of this program, from the manifest of its jar.
 *
 * <p>In a package without beans: the classes that Quarkus 3.33 generates are in a jar without a
 * version, and a package has that of the first of its classes. Read when the class is initialised,
 * which is when a native image is built.
 */
public final class ProgramVersion {

  private static final @Nullable String IMPLEMENTATION =
      ProgramVersion.class.getPackage().getImplementationVersion();

  /** Such as {@code 0.1.0}; {@code unknown} for classes that are in no jar. */
  public static final String TEXT = IMPLEMENTATION == null ? "unknown" : IMPLEMENTATION;

  private ProgramVersion() {}
}
