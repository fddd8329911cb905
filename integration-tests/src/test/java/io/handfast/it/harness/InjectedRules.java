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
      return new Tampering(
          List.of("-javaagent:%s=script:%s,boot:%s".formatted(agent(), written, helper)), Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path agent() {
    try {
      return Path.of(Transformer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
