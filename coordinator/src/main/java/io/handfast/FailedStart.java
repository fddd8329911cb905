package io.handfast;

import io.quarkus.runtime.QuarkusBindException;
import io.smallrye.config.ConfigValidationException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Logs why the process does not start: one sentence for each reason, with the key to change. */
final class FailedStart {

  private static final Logger LOG = Logger.getLogger(Handfast.class);
  private static final Pattern NUMBER = Pattern.compile("(?:[\\w.]+Exception: )?SRCFG\\d+: ");
  private static final Pattern CONVERSION =
      Pattern.compile(
          "(?s)^The config property (\\S+) with the config value \"(.*)\" threw an Exception whilst being converted (.*)$");

  private static final String SECURE_PORT = "quarkus.http.ssl-port";

  /** Failures whose message is written for the person who starts the process. */
  private static final List<Class<? extends RuntimeException>> EXPLAINED =
      List.of(
          UnsafeStartException.class,
          IllegalStateException.class,
          IllegalArgumentException.class,
          UncheckedIOException.class);

  private FailedStart() {}

  /** Logs the reason; with the stack trace only where it is none that is expected. */
  static void tell(Throwable failure, Config config) {
    Optional<String> reason = reason(failure, config);
    if (reason.isPresent()) {
      LOG.error("Handfast does not start:\n" + reason.get()); // meant as lines
      LOG.debug("why", failure);
    } else {
      LOG.error("Handfast does not start, for a reason that it does not expect", failure);
    }
  }

  static Optional<String> reason(Throwable failure, Config config) {
    return find(failure, QuarkusBindException.class)
        .map(taken -> portTaken(taken, config))
        .or(() -> find(failure, ConfigValidationException.class).map(FailedStart::invalid))
        .or(
            () ->
                Stream.of(failure)
                    .filter(cause -> EXPLAINED.stream().anyMatch(type -> type.isInstance(cause)))
                    .findFirst()
                    .or(() -> find(failure, UnsafeStartException.class))
                    .map(Throwable::getMessage));
  }

  private static String portTaken(QuarkusBindException taken, Config config) {
    int port = taken.getPort();
    boolean isSecure =
        config.getOptionalValue(SECURE_PORT, Integer.class).filter(p -> p == port).isPresent();
    return QuarkusBindException.isKnownHost(taken.getHost())
        ? "%s: is %d, where another process listens on %s; stop that process, or set a port that is free"
            .formatted(isSecure ? SECURE_PORT : "quarkus.http.port", port, taken.getHost())
        : "quarkus.http.host: nothing can listen on port %d of %s; another process does, or it is no address of this machine"
            .formatted(port, taken.getHost());
  }

  /** Each problem as SmallRye Config says it, in the form of all others and without its number. */
  private static String invalid(ConfigValidationException invalid) {
    return IntStream.range(0, invalid.getProblemCount())
        .mapToObj(i -> invalid.getProblem(i).getMessage())
        .map(message -> NUMBER.matcher(message).replaceAll(""))
        .map(
            message ->
                CONVERSION.matcher(message).replaceFirst("$1: is '$2', which is no value; $3"))
        .collect(Collectors.joining("\n"));
  }

  private static <T extends Throwable> Optional<T> find(
      @Nullable Throwable failure, Class<T> type) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }
}
