package io.handfast.log;

import io.handfast.event.Events;
import io.handfast.transaction.TransactionId;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;

/** Decides with eight threads until it is killed, and prints what was confirmed. */
final class DecidingProcess {

  private static final int THREADS = 8;

  private DecidingProcess() {}

  /**
   * Starts deciding.
   *
   * @param arguments the log's directory, and after how many decisions to halt, if at all
   */
  public static void main(String[] arguments) {
    FileDecisionLog log =
        FileDecisionLog.open(
            Path.of(arguments[0]),
            "n1",
            Retention.NONE,
            Clock.systemUTC(),
            new LogFiles(new LogSizes(64 << 10, 512 << 10), LogFiles.Opener.DEFAULT, Events.NONE));
    long last = arguments.length > 1 ? Long.parseLong(arguments[1]) : Long.MAX_VALUE;
    for (int thread = 0; thread < THREADS; thread++) {
      new Thread(() -> decide(log, last)).start();
    }
  }

  private static void decide(FileDecisionLog log, long last) {
    try {
      while (true) {
        TransactionId id = log.identity().nextTransaction();
        log.decide(id, LogFixture.BOTH);
        if (ThreadLocalRandom.current().nextInt(10) == 0) {
          System.out.println(id); // one line, one write
        } else {
          log.confirmed(id);
        }
        if (id.number() >= last) {
          Runtime.getRuntime().halt(9);
        }
      }
    } catch (UnconfirmedWriteException e) {
      Runtime.getRuntime().halt(1);
    }
  }
}
