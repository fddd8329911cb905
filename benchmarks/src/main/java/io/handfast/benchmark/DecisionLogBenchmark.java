package io.handfast.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the log costs a committed transaction: a decision that is on disk, and its end.
 *
 * <p>Files are made where {@code -Dhandfast.benchmark.directory} says, {@code target} otherwise.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
public class DecisionLogBenchmark {

  /** A log under measurement. */
  interface Subject extends AutoCloseable {

    /** Decides the transaction of a number, and then says that it is over. */
    void commit(long number) throws Exception;

    @Override
    void close();
  }

  @Param({"handfast", "atomikos"})
  public String log;

  private final AtomicLong transactions = new AtomicLong();
  private Path directory;
  private Subject subject;

  @Setup
  public void open() throws Exception {
    Path parent = Path.of(System.getProperty("handfast.benchmark.directory", "target"));
    directory = Files.createTempDirectory(Files.createDirectories(parent), "log");
    subject = log.equals("handfast") ? new HandfastLog(directory) : new AtomikosFileLog(directory);
  }

  @Benchmark
  public void committedTransaction() throws Exception {
    subject.commit(transactions.incrementAndGet());
  }

  @TearDown
  public void close() throws IOException {
    subject.close();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
