package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import java.util.Map;
import java.util.TreeMap;

/**
 * Handfast under one guarantee, with its defaults unless told otherwise.
 *
 * @param under a guarantee or a protocol, as the API names them
 * @param batch 0 for the default
 * @param consumers 0 for the default
 * @param suffix of the node's name, where several run in one place
 */
record Handfast(String name, String under, int batch, int consumers, String suffix, Running running)
    implements Contestant {
  static final String EXACTLY_ONCE = "exactly-once, two-phase commit";
  static final String LOCAL_COMMIT = "exactly-once, local commit";
  static final String IDEMPOTENT = "exactly-once, idempotency";
  static final String AT_LEAST_ONCE = "at-least-once";
  static final String AT_MOST_ONCE = "at-most-once";

  /** What changes while it runs. */
  private static final class Running {
    private RunnerProcess process;
  }

  private static Handfast of(String name, String under) {
    return new Handfast(name, under, 0, 0, "", new Running());
  }

  static Handfast exactlyOnce() {
    return of(EXACTLY_ONCE, "two-phase-commit");
  }

  static Handfast localCommit() {
    return of(LOCAL_COMMIT, "local-commit");
  }

  static Handfast idempotent() {
    return of(IDEMPOTENT, "idempotency");
  }

  static Handfast atLeastOnce() {
    return of(AT_LEAST_ONCE, "at-least-once");
  }

  static Handfast atMostOnce() {
    return of(AT_MOST_ONCE, "at-most-once");
  }

  Handfast batch(int other) {
    return new Handfast(name, under, other, consumers, suffix, running);
  }

  Handfast consumers(int other) {
    return new Handfast(name, under, batch, other, suffix, running);
  }

  /** Another coordinator, to run beside this one. */
  Handfast beside(String other) {
    return new Handfast(name, under, batch, consumers, other, new Running());
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("batch", batch == 0 ? "default" : Integer.toString(batch));
    settings.put("consumers", consumers == 0 ? "default" : Integer.toString(consumers));
    return settings;
  }

  @Override
  public void start(Place place) throws Exception {
    DeliverySpec delivery =
        DeliverySpec.fromQueue(place.queue())
            .under(under)
            .statement("INSERT INTO sink(id, body) VALUES (:id, :body)");
    if (batch > 0) {
      delivery.batch(batch);
    }
    if (consumers > 0) {
      delivery.consumers(consumers);
    }
    RunnerConfiguration configuration =
        new RunnerConfiguration()
            .set("handfast.node", place.queue() + suffix)
            .broker(place.broker())
            .database(place.database())
            .delivery("sink", delivery);
    running.process =
        place
            .rig()
            .scene()
            .coordinator(place.queue() + suffix, configuration)
            .tamperedWith(place.rig().tampering())
            .start();
  }

  @Override
  public void stop() {
    running.process.terminate();
  }

  @Override
  public long pid() {
    return running.process.process().pid();
  }
}
