package io.handfast.it.benchmark.throughput;

import java.time.Duration;
import java.util.Locale;

/** A part of the page, in its order, that can be played alone. */
enum Section {
  RATIOS(
      "The figures to reach",
      Figure.RATE,
      "Every contestant with the same broker, database and messages, Handfast with its defaults. Ratios are taken within"
          + " each round."),
  BATCH(
      "Throughput by guarantee and batch",
      Figure.RATE,
      "How many messages go into one unit of work at most."),
  CONSUMERS("Throughput by consumers", Figure.RATE, "Competing consumers in one coordinator."),
  PROCESSES(
      "Throughput by coordinators",
      Figure.RATE,
      "Coordinators on one queue, each with a name and a decision log of its own, and nothing shared but broker and"
          + " database. All share this machine's cores, see scale-out.md for what that means elsewhere."),
  FORCE(
      "Throughput by the time that a force takes",
      Figure.RATE,
      "Every `fsync` and `fdatasync` of decision log, broker and database is slowed by an interposed library that does"
          + " nothing else. The broker is created anew for each time, under that library, so that its journal's"
          + " buffer time-out fits the disk that it finds; its journal is NIO's, since what libaio writes is no such call."),
  SIZE("Throughput by message size", Figure.RATE, "The body's size; a row is as large."),
  LATENCY(
      "Latency",
      Figure.P50,
      "From when a message is sent, or was due to be sent, until another connection sees its row. That connection asks"
          + " 0.2 ms after each answer, for every contestant alike, which takes its part of the cores and adds up to"
          + " that time."),
  TOPIC(
      "Throughput from Kafka",
      Figure.RATE,
      "Every contestant with the same Kafka, database and records, and as many records in a poll. Handfast has the"
          + " driver as it comes; that of the others joins the rows of a batch (`reWriteBatchedInserts=true`). Ratios are"
          + " taken within each round."),
  TOPIC_SETTINGS(
      "Other settings", Figure.RATE, "The same with other numbers of records and of consumers."),
  TOPIC_LATENCY(
      "Latency from Kafka",
      Figure.P50,
      "One record in flight: from when it is sent until another connection sees its row. That connection asks"
          + " 0.2 ms after each answer, for every contestant alike, which takes its part of the cores and adds up to"
          + " that time."),
  MEMORY(
      "Memory",
      Figure.RESIDENT,
      "Of the contestant's process, when the queue is empty again; the heap after a full collection that was asked"
          + " for.");

  static final int ROUNDS = Integer.getInteger("throughput.rounds", 5);

  /** Of sections that compare settings and not contestants. */
  static final int SWEEP_ROUNDS =
      Integer.getInteger("throughput.sweep-rounds", Math.max(1, ROUNDS / 2));

  static final Duration LATENCY_TIME =
      Duration.ofSeconds(Math.max(2, Integer.getInteger("throughput.seconds", 20) / 2));

  private final String title;
  private final Figure lead;
  private final String text;

  Section(String title, Figure lead, String text) {
    this.title = title;
    this.lead = lead;
    this.text = text;
  }

  /** As in system properties and names of files. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is about topics of Kafka, which have a page of their own. */
  boolean isOfTopics() {
    return name().startsWith(TOPIC.name());
  }

  String title() {
    return title;
  }

  /** What its plot shows. */
  Figure lead() {
    return lead;
  }

  String text() {
    return text;
  }
}
