package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.ProcessTree;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Several coordinators on one queue and one table, each with a name and a log of its own. */
record ScaledOut(List<Handfast> coordinators) implements Contestant {

  static ScaledOut to(int processes) {
    return new ScaledOut(
        IntStream.rangeClosed(1, processes)
            .mapToObj(number -> Handfast.exactlyOnce().beside("-" + number))
            .toList());
  }

  @Override
  public String name() {
    return coordinators.get(0).name();
  }

  @Override
  public Map<String, String> settings() {
    return coordinators.get(0).settings();
  }

  @Override
  public void start(Place place) throws Exception {
    for (Handfast coordinator : coordinators) {
      coordinator.start(place);
    }
  }

  @Override
  public void stop() {
    coordinators.forEach(Handfast::stop);
  }

  @Override
  public long pid() {
    return coordinators.get(0).pid();
  }

  @Override
  public ProcessTree processes() {
    return new ProcessTree(coordinators.stream().map(Handfast::pid).toList());
  }
}
