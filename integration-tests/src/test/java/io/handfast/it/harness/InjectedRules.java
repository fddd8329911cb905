package io.handfast.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jboss.byteman.agent.Transformer;

/**
 * Rules of Byteman's, which an agent puts into a coordinator's classes while they are loaded: the
 * product has no switches for what only tests do to it. A rule that binds to nothing in the runner
 * fails the test that injects it.
 */
public final class InjectedRules {
  private InjectedRules() {}

  /** Writes the rules into a file, and says how to start a process by them. */
  public static Tampering in(Path script, String rules) {
    return in(script, rules, agent());
  }

  /** The same with a helper class, in a jar of its own, that the rules call. */
  public static Tampering in(Path script, String rules, Path helper) {
    try {
      Path written = Files.writeString(script.toAbsolutePath(), rules);
      if (RunnerProcess.isJar()) { // otherwise the test is left out, see Tampering
        RuleBinding.require(written, rules);
      }
      return new Tampering(List.of(agent(written) + ",boot:" + helper), Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The option of Java's with which a process is started by the rules in a file. */
  static String agent(Path script) {
    return "-javaagent:%s=script:%s".formatted(agent(), script);
  }

  private static Path agent() {
    try {
      return Path.of(Transformer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
