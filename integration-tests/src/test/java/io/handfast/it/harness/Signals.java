package io.handfast.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Sends a signal that Java has no method for. */
final class Signals {
  private Signals() {}

  static void send(String signal, long pid) {
    int code = kill(List.of("-" + signal, Long.toString(pid)));
    if (code != 0) {
      throw new IllegalStateException("kill -" + signal + " " + pid + " exited with " + code);
    }
  }

  /** Sends it to each that is still there. */
  static void sendToAll(String signal, Stream<ProcessHandle> processes) {
    List<String> arguments = new ArrayList<>(List.of("-" + signal));
    processes.map(ProcessHandle::pid).map(String::valueOf).forEach(arguments::add);
    if (arguments.size() > 1) {
      kill(arguments);
    }
  }

  private static int kill(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("kill"));
    command.addAll(arguments);
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      return builder.redirectErrorStream(true).redirectOutput(Redirect.DISCARD).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
