package io.handfast.readiness;

import io.handfast.readiness.CheckedState.BrokerState;
import io.handfast.readiness.CheckedState.Server;
import io.handfast.readiness.CheckedState.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that must be right for the promises to hold: a name, what must have been asked, and a
 * function that adds what is wrong. It opens nothing and changes nothing.
 */
public final class Check {

  private final String name;
  private final Asks asks;
  private final boolean isAcceptable;
  private final BiConsumer<CheckedState, Findings> look;
  private final Function<CheckedState, @Nullable String> basis;

  /** What must have been asked before a check can say anything. */
  enum Asks {
    /** The configuration and this machine are enough. */
    NOTHING,
    DATABASES,
    BROKER,
    /** The sources of deliveries whose partitions keep their messages. */
    TOPICS
  }

  /**
   * A problem that a check has found with this node, its participants or its deliveries.
   *
   * @param check the name of the check
   * @param key the configuration key, or the setting of a participant, that is at fault
   * @param problem what is wrong with it
   * @param remedy what to do
   */
  public record Finding(
      String check, Severity severity, String key, String problem, String remedy) {

    /** What follows from a finding. */
    public enum Severity {
      /**
       * The node does not start; or a delivery does not, where only a participant could tell. The
       * promises would not hold.
       */
      REFUSES,
      /** All goes on, at the risk that the problem names. */
      WARNS
    }

    /** Whether something does not start for it. */
    public boolean isRefusal() {
      return severity == Severity.REFUSES;
    }

    /** The same finding as a warning, since the configuration accepts the risk. */
    Finding accepted() {
      return new Finding(
          check,
          Severity.WARNS,
          key,
          problem + " (a risk accepted by " + ReadinessConfig.ACCEPTED_RISKS + ")",
          remedy);
    }

    @Override
    public String toString() {
      return key + ": " + problem + "; " + remedy;
    }
  }

  /** Collects the findings of one check. */
  static final class Findings {

    private final String check;
    private final List<Finding> all = new ArrayList<>();

    private Findings(String check) {
      this.check = check;
    }

    void refuses(String key, String problem, String remedy) {
      all.add(new Finding(check, Finding.Severity.REFUSES, key, problem, remedy));
    }

    void warns(String key, String problem, String remedy) {
      all.add(new Finding(check, Finding.Severity.WARNS, key, problem, remedy));
    }

    List<Finding> all() {
      return List.copyOf(all);
    }
  }

  /**
   * What became of a check when it was last made.
   *
   * @param reason why it could not be made; else what it rests on, where that is worth saying
   * @param at when what it looked at was last asked; null where it never was
   */
  public record Result(
      String check,
      State state,
      List<Finding> findings,
      @Nullable String reason,
      @Nullable Instant at) {

    /** How a check ended. */
    public enum State {
      PASSED,
      WARNING,
      REFUSED,
      NOT_CHECKED
    }

    static Result notChecked(Check check, String reason) {
      return new Result(check.name(), State.NOT_CHECKED, List.of(), reason, null);
    }

    static Result of(Check check, List<Finding> findings, @Nullable String basis, Instant at) {
      State state =
          findings.isEmpty()
              ? State.PASSED
              : findings.stream().anyMatch(Finding::isRefusal) ? State.REFUSED : State.WARNING;
      return new Result(check.name(), state, findings, basis, at);
    }
  }

  private Check(
      String name,
      Asks asks,
      boolean isAcceptable,
      BiConsumer<CheckedState, Findings> look,
      Function<CheckedState, @Nullable String> basis) {
    this.basis = basis;
    this.name = name;
    this.asks = asks;
    this.isAcceptable = isAcceptable;
    this.look = look;
  }

  /** A check of what this node is set to. */
  static Check ofNode(String name, Consumer<Findings> look) {
    return ofDeliveries(name, (known, findings) -> look.accept(findings));
  }

  /** A check of what the deliveries are set to, and have seen. */
  static Check ofDeliveries(String name, BiConsumer<CheckedState, Findings> look) {
    return new Check(name, Asks.NOTHING, true, look, known -> null);
  }

  /** A check of what the databases answered. */
  static Check ofDatabases(String name, BiConsumer<CheckedState, Findings> look) {
    return new Check(name, Asks.DATABASES, true, look, known -> null);
  }

  /** A check of one database server at a time, as it describes itself. */
  static Check ofServers(String name, BiConsumer<Server, Findings> look) {
    return ofDatabases(
        name,
        (known, findings) -> known.servers().forEach(server -> look.accept(server, findings)));
  }

  /** A check of the broker, as its management describes it. */
  static Check ofBroker(String name, BiConsumer<BrokerState, Findings> look) {
    return new Check(
        name,
        Asks.BROKER,
        true,
        (known, findings) -> {
          BrokerState broker = known.broker();
          if (broker != null) {
            look.accept(broker, findings);
          }
        },
        known -> null);
  }

  /** A check of one topic at a time, and of the delivery that reads it. */
  static Check ofTopics(String name, BiConsumer<Topic, Findings> look) {
    return new Check(
        name,
        Asks.TOPICS,
        true,
        (known, findings) ->
            known
                .topics()
                .groups()
                .forEach((delivery, group) -> look.accept(known.topic(delivery, group), findings)),
        known -> null);
  }

  /** A check of all queues that lease their messages. */
  static Check ofQueues(String name, BiConsumer<CheckedState, Findings> look) {
    return new Check(name, Asks.TOPICS, true, look, known -> null);
  }

  /** The same check, whose refusals no person may accept: nothing could work then. */
  Check notAcceptable() {
    return new Check(name, asks, false, look, basis);
  }

  /** The same check, which says also where it passes what it rests on. */
  Check restingOn(Function<CheckedState, String> basis) {
    return new Check(name, asks, isAcceptable, look, basis);
  }

  /** What it rests on; null where there is nothing to say. */
  @Nullable String basis(CheckedState known) {
    return basis.apply(known);
  }

  /** In lower case with hyphens. */
  String name() {
    return name;
  }

  Asks asks() {
    return asks;
  }

  /** Whether an operator may accept the risk. */
  boolean isAcceptable() {
    return isAcceptable;
  }

  /** What is wrong; nothing where all is well, or where there is nothing to look at. */
  List<Finding> findings(CheckedState known) {
    Findings findings = new Findings(name);
    look.accept(known, findings);
    return findings.all();
  }
}
