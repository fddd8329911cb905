package io.handfast.kafka;

import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerException;
import io.handfast.message.GroupState;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.TargetRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster says of its topics, over one connection for all sessions, which is opened when it
 * is first needed. Thread-safe.
 */
class Cluster implements AutoCloseable {

  /** Longer than the client's own bound, whose failure says more. */
  private static final long PATIENCE_SECONDS = 15;

  /** Also where the user may read it: a poll of one that may not returns nothing (Kafka 4.4). */
  private static final DescribeTopicsOptions WITH_RIGHTS =
      new DescribeTopicsOptions().includeAuthorizedOperations(true);

  private static final DescribeConsumerGroupsOptions GROUP_WITH_RIGHTS =
      new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true);

  /**
   * Which topic a name stands for now.
   *
   * @param isReadable false where the cluster says that this user may not read it
   */
  record Topic(String cluster, String id, String name, int partitions, boolean isReadable) {

    /** One that may be read. */
    Topic(String cluster, String id, String name, int partitions) {
      this(cluster, id, name, partitions, true);
    }

    Partition partition(int number) {
      return new Partition(cluster, id, name, number);
    }

    List<Partition> all() {
      return IntStream.range(0, partitions).mapToObj(this::partition).toList();
    }
  }

  private final ClientSettings settings;
  private final KafkaFailures failures;
  private @Nullable Admin admin;

  Cluster(ClientSettings settings, KafkaFailures failures) {
    this.settings = settings;
    this.failures = failures;
  }

  private synchronized Admin admin() {
    Admin known = admin;
    if (known == null) {
      known = Admin.create(settings.ofAdministration());
      admin = known;
    }
    return known;
  }

  /**
   * Asks which topic a name stands for.
   *
   * @throws io.handfast.message.TargetRefusedException none
   */
  Topic topic(String name) throws BrokerException {
    return await(ask(name), name);
  }

  /** Asks the same without waiting. */
  KafkaFuture<Topic> ask(String name) throws BrokerException {
    try {
      Admin asked = admin();
      KafkaFuture<String> cluster = asked.describeCluster().clusterId();
      KafkaFuture<TopicDescription> topic =
          asked.describeTopics(List.of(name), WITH_RIGHTS).topicNameValues().get(name);
      return KafkaFuture.allOf(cluster, topic)
          .thenApply(both -> of(answered(cluster), answered(topic)));
    } catch (KafkaException e) {
      throw failures.of(e, name);
    }
  }

  private static <T> T answered(KafkaFuture<T> done) {
    try {
      return done.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e); // it is done, and has not failed
    }
  }

  private static Topic of(String cluster, TopicDescription topic) {
    return new Topic(
        cluster,
        topic.topicId().toString(),
        topic.name(),
        topic.partitions().size(),
        mayRead(topic.authorizedOperations()));
  }

  /** A cluster that knows no rights says nothing of them, or that all are there. */
  private static boolean mayRead(@Nullable Set<AclOperation> rights) {
    return rights == null || rights.contains(AclOperation.READ);
  }

  /**
   * Which topic a name stands for, which this user may read.
   *
   * @throws io.handfast.message.BrokerAccessException the user may not
   */
  Topic readable(String name) throws BrokerException {
    Topic topic = topic(name);
    requireReadable(topic);
    return topic;
  }

  /** Refuses a topic that this user may not read. */
  void requireReadable(Topic topic) throws BrokerException {
    if (!topic.isReadable()) {
      throw failures.unreadable(topic.name());
    }
  }

  /** What there is to say of a topic and of a group that reads it. */
  GroupState group(String topicName, String group) throws BrokerException {
    Topic topic = topic(topicName);
    List<String> lacking = new ArrayList<>();
    if (!topic.isReadable()) {
      lacking.add("READ on topic " + topicName);
    }
    List<String> foreign = new ArrayList<>();
    try {
      Optional<ConsumerGroupDescription> known = await(describe(group), topicName);
      if (!mayRead(known.map(ConsumerGroupDescription::authorizedOperations).orElse(null))) {
        lacking.add("READ on group " + group);
      }
      known.map(ConsumerGroupDescription::members).orElse(List.of()).stream()
          .filter(member -> !settings.isOwn(member.clientId()))
          .map(member -> member.clientId() + " at " + member.host().replaceFirst("^/", ""))
          .sorted()
          .forEach(foreign::add);
    } catch (BrokerAccessException e) {
      lacking.add("READ on group " + group);
    } catch (KafkaException e) {
      throw failures.of(e, topicName);
    }
    return new GroupState(topic.partitions(), foreign, lacking, settings.longestUnit());
  }

  /** What is known of a group; empty for one that no consumer has joined yet. */
  private Future<Optional<ConsumerGroupDescription>> describe(String group) {
    return admin()
        .describeConsumerGroups(List.of(group), GROUP_WITH_RIGHTS)
        .describedGroups()
        .get(group)
        .toCompletionStage()
        .handle(
            (known, failure) -> {
              if (failure == null) {
                return Optional.of(known);
              }
              Throwable cause =
                  failure instanceof CompletionException ? failure.getCause() : failure;
              if (cause instanceof GroupIdNotFoundException) {
                return Optional.<ConsumerGroupDescription>empty();
              }
              throw new CompletionException(cause);
            })
        .toCompletableFuture();
  }

  /** An offset of each partition of a topic, of what is committed. */
  Map<Partition, Long> offsets(String name, OffsetSpec spec) throws BrokerException {
    Topic topic = topic(name);
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    topic.all().forEach(one -> asked.put(new TopicPartition(name, one.number()), spec));
    try {
      Map<Partition, Long> offsets = new TreeMap<>();
      await(
              admin()
                  .listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                  .all(),
              name)
          .forEach((one, found) -> offsets.put(topic.partition(one.partition()), found.offset()));
      return offsets;
    } catch (KafkaException e) {
      throw failures.of(e, name);
    }
  }

  /** Removes the offsets of a topic that a group has committed, where it has no consumers of it. */
  void forget(String name, String group) throws BrokerException {
    Set<TopicPartition> partitions =
        topic(name).all().stream()
            .map(one -> new TopicPartition(name, one.number()))
            .collect(Collectors.toSet());
    try {
      get(admin().deleteConsumerGroupOffsets(group, partitions).all(), name);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupSubscribedToTopicException) {
        throw new TargetRefusedException(
            group,
            "a group without consumers; there are some of topic %s: pause the delivery at all nodes, and end other programs of this group"
                .formatted(name));
      }
      if (!(e.getCause() instanceof GroupIdNotFoundException)) { // it has committed nothing
        throw failures.of(e, name);
      }
    } catch (KafkaException e) {
      throw failures.of(e, name);
    }
  }

  /** The answer, within the time that a call may take. */
  <T> T await(Future<T> answer, String name) throws BrokerException {
    try {
      return get(answer, name);
    } catch (ExecutionException e) {
      throw failures.of(e, name);
    }
  }

  private static <T> T get(Future<T> answer, String name)
      throws BrokerException, ExecutionException {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted", e);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new BrokerException("Kafka does not answer about topic " + name, e);
    }
  }

  @Override
  public synchronized void close() {
    if (admin != null) {
      admin.close(Duration.ofSeconds(1));
      admin = null;
    }
  }
}
