package io.handfast.log;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Another file system, on which every change is a step of a {@link WatchedDisk}. */
final class SteppedFileSystem extends FileSystemProvider {

  private final WatchedDisk disk;
  private final FileSystem system = new View();

  SteppedFileSystem(WatchedDisk disk) {
    this.disk = disk;
  }

  /** A path whose file system this is, to the same file. */
  Path path(Path real) {
    return (Path)
        Proxy.newProxyInstance(
            Stepped.class.getClassLoader(),
            new Class<?>[] {Path.class, Stepped.class},
            (proxy, method, arguments) -> {
              if (method.getDeclaringClass() == Stepped.class) {
                return real;
              }
              if (method.getName().equals("getFileSystem")) {
                return system;
              }
              try {
                Object result = method.invoke(real, unwrapped(arguments));
                return result instanceof Path path ? path(path) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** What each of these paths can do besides. */
  private interface Stepped {
    Path real();
  }

  private static Object @Nullable [] unwrapped(Object @Nullable [] arguments) {
    return arguments == null
        ? null
        : Arrays.stream(arguments).map(a -> a instanceof Stepped s ? s.real() : a).toArray();
  }

  static Path real(Path path) {
    return path instanceof Stepped stepped ? stepped.real() : path;
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path real = real(path);
    if (options.contains(StandardOpenOption.CREATE)
        || options.contains(StandardOpenOption.CREATE_NEW)) {
      disk.createIfMissing(real);
    }
    if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
      disk.truncate(real);
    }
    return new SteppedChannel(disk, real, open(real, options, attributes));
  }

  /** Where directories cannot be opened, a stand-in that is only forced. */
  private static FileChannel open(
      Path real, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    if (real.getFileSystem() != FileSystems.getDefault() && Files.isDirectory(real)) {
      return FileChannel.open(
          real.resolveSibling(".directory"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
    return FileChannel.open(real, created(options), attributes);
  }

  /** Without what would find that the disk has created the file a moment ago. */
  private static Set<OpenOption> created(Set<? extends OpenOption> options) {
    Set<OpenOption> rest = new HashSet<>(options);
    rest.remove(StandardOpenOption.CREATE_NEW);
    return rest;
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return Files.newByteChannel(real(path), options, attributes); // only to read
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    disk.createDirectory(real(path));
  }

  @Override
  public void delete(Path path) throws IOException {
    disk.delete(real(path));
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    disk.move(real(source), real(target));
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    DirectoryStream<Path> all = Files.newDirectoryStream(real(path));
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        Iterator<Path> paths = all.iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return paths.hasNext();
          }

          @Override
          public Path next() {
            return path(paths.next());
          }
        };
      }

      @Override
      public void close() throws IOException {
        all.close();
      }
    };
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    Path real = real(path);
    real.getFileSystem().provider().checkAccess(real, modes);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return Files.readAttributes(real(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    return Files.readAttributes(real(path), attributes, options);
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return Files.isSameFile(real(path), real(other));
  }

  @Override
  public String getScheme() {
    return "stepped";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isHidden(Path path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileStore getFileStore(Path path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  /** Paths lead to their provider by way of it. */
  private final class View extends ViewOfFileSystem {

    @Override
    public FileSystemProvider provider() {
      return SteppedFileSystem.this;
    }

    @Override
    public Path getPath(String first, String... more) {
      return path(Path.of(first, more));
    }
  }
}
