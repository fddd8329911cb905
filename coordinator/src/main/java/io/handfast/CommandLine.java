package io.handfast;

import io.handfast.image.ProgramVersion;
import java.util.OptionalInt;

/**
 * Answers the program arguments {@code --help} and {@code --version}, and refuses all others.
 *
 * <p>Read before anything is started. An argument that was ignored would be a setting that was not
 * made: with {@code -Dhandfast.broker.url=…} after {@code -jar} the embedded broker would start.
 */
final class CommandLine {

  private static final int ANSWERED = 0;
  private static final int MISUSED = 2;
  private static final String OPTION = "-D";
  private static final String HELP =
      """
      Handfast takes messages from an Apache Artemis queue and writes them to a relational database, each exactly once.

        java [-Dkey=value …] -jar quarkus-run.jar    starts it, with a broker and a database inside unless they are configured
        java -jar quarkus-run.jar --version          prints the version
        java -jar quarkus-run.jar --help             prints this

      It is configured by config/application.properties in the working directory, by environment variables and by -D
      options before -jar. The keys that name a broker and a database, and their environment variables:

        handfast.node            HANDFAST_NODE             a name of its own, such as orders-1
        handfast.broker.url      HANDFAST_BROKER_URL       such as tcp://broker:61616
        handfast.database.url    HANDFAST_DATABASE_URL     such as jdbc:postgresql://db:5432/shop
        quarkus.http.port        QUARKUS_HTTP_PORT         8080 unless set

      docs/reference/configuration.md lists all keys.
      """;

  private CommandLine() {}

  /**
   * Answers what can be answered without a start.
   *
   * @return the exit status; empty where the program shall start
   */
  @SuppressWarnings("java:S106") // the answer to a question is the output of the program
  static OptionalInt answer(String... arguments) {
    for (String argument : arguments) {
      switch (argument) {
        case "--help", "-h" -> {
          System.out.print(HELP);
          return OptionalInt.of(ANSWERED);
        }
        case "--version", "-V" -> {
          System.out.println("handfast " + ProgramVersion.TEXT);
          return OptionalInt.of(ANSWERED);
        }
        default -> {
          System.err.println(refusal(argument));
          return OptionalInt.of(MISUSED);
        }
      }
    }
    return OptionalInt.empty();
  }

  /** Only the beginning of it: a value can be a password. */
  static String refusal(String argument) {
    String name = argument.split("=", 2)[0];
    if (name.startsWith(OPTION)) {
      return "Handfast does not start: %s stands after -jar quarkus-run.jar, where it is not read; put it before -jar."
          .formatted(name);
    }
    return "Handfast does not start: unknown argument %s; it takes --help and --version, and is configured by config/application.properties, by environment variables and by -D options before -jar."
        .formatted(name);
  }
}
