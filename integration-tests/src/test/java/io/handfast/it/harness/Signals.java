package io.handfast.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Sends a signal that Java has no method for. */
final class Signals {
  private Signals() {}

  static void send(String signal, long pid) {
    try {
      int code = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -" + signal + " " + pid + " exited with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
