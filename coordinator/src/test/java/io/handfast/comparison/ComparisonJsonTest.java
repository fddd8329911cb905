package io.handfast.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.comparison.Comparison.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonJsonTest {

  @TempDir Path directory;

  @Test
  void whatIsKeptIsWhatWas() {
    ComparisonStore store = new ComparisonStore(directory, new ObjectMapper());
    ComparisonRow first = Samples.measured().rows().get(0);
    Comparison comparison =
        Samples.measured().with(0, first.interrupted("round 1 of 3: measured again: away"));

    store.save(comparison);

    assertThat(store.load()).containsExactly(comparison);
  }

  @Test
  void runningAndFailedOnesAreKeptAsWell() {
    ComparisonStore store = new ComparisonStore(directory, new ObjectMapper());
    Comparison begun = Samples.begun();

    store.save(begun);
    assertThat(store.load()).containsExactly(begun);
    Comparison failed = begun.ended(Status.FAILED, Samples.END, "no <table> & no queue");
    store.save(failed);
    assertThat(store.load()).containsExactly(failed);
    store.delete(failed.id());
    assertThat(store.load()).isEmpty();
  }

  @Test
  void brokenFileHidesNoOther() throws Exception {
    ComparisonStore store = new ComparisonStore(directory, new ObjectMapper());
    store.save(Samples.begun());
    Files.writeString(directory.resolve("n1.broken.json"), "{\"id\":\"n1.broken\"");
    Files.writeString(directory.resolve("n1.empty.json"), "{}");

    assertThat(store.load()).containsExactly(Samples.begun());
  }

  @Test
  void rowShowsMedianLeastAndMostAndWhatWasLostAnywhere() {
    ObjectNode json = ComparisonJson.write(Samples.measured());

    var row = json.path("results").path(0);
    assertThat(row.path("guarantee").asText()).isEqualTo("at-most-once");
    assertThat(row.path("messagesPerSecond").asDouble()).isEqualTo(2000.5);
    assertThat(row.path("messagesPerSecondMin").asDouble()).isEqualTo(1000);
    assertThat(row.path("messagesPerSecondMax").asDouble()).isEqualTo(3001);
    assertThat(row.path("lost").asLong()).isEqualTo(3);
    assertThat(row.path("latency").path("p99").asDouble()).isEqualTo(9.25);
    assertThat(json.path("results").path(1).has("messagesPerSecond")).isFalse();
    assertThat(row.has("interruptions")).as("nothing was interrupted").isFalse();
    assertThat(json.path("progress").path("of").asInt()).isEqualTo(10);
  }
}
