package io.handfast.it.throughput;

import java.util.Map;

/** A contestant that is described from outside: any program that can be started and stopped. */
final class External implements Contestant {
  /** Starts the program and tells its process id. */
  interface Start {
    long in(Place place) throws Exception;
  }

  /** Stops the program. */
  interface Stop {
    void run() throws Exception;
  }

  private final String name;
  private final Map<String, String> settings;
  private final Start start;
  private final Stop stop;
  private long pid;

  External(String name, Map<String, String> settings, Start start, Stop stop) {
    this.name = name;
    this.settings = Map.copyOf(settings);
    this.start = start;
    this.stop = stop;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, String> settings() {
    return settings;
  }

  @Override
  public void start(Place place) throws Exception {
    pid = start.in(place);
  }

  @Override
  public void stop() throws Exception {
    stop.run();
  }

  @Override
  public long pid() {
    return pid;
  }
}
