package io.handfast.artemis;

import io.handfast.message.AddressRules;
import io.handfast.message.TargetRefusedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSession.AddressQuery;
import org.apache.activemq.artemis.api.core.client.ClientSession.QueueQuery;
import org.apache.activemq.artemis.utils.AutoCreateUtil;
import org.apache.activemq.artemis.utils.CompositeAddress;
import org.jspecify.annotations.Nullable;

/**
 * Looks up the queues that messages are sent to, before the first send.
 *
 * <p>A queue's name need not be its address, and a broker takes a message that it routes to no
 * queue without an error (Artemis 2.56, {@code PostOfficeImpl.route}): the message is gone. What
 * was found holds for a second, so that a stream of messages costs one look-up a second and no
 * round trip a message. A queue that is removed within that second still loses what is sent to it.
 * Thread-safe.
 */
final class TargetQueues {

  private static final Duration HOLDS = Duration.ofSeconds(1);

  /** Settings change rarely, and asking for them takes a connection. */
  private static final Duration RULES_HOLD = Duration.ofMinutes(1);

  /** Callers choose names: what is remembered of them is bounded. */
  private static final int MOST_KNOWN = 1_000;

  /** Asks the broker's management for the settings of an address. */
  @FunctionalInterface
  interface Rules {

    /** The settings; null where the user may not ask for them, or nothing answers. */
    @Nullable AddressRules of(String address);
  }

  private record Known<T>(T value, long sinceNanos) {

    boolean holds(Duration time) {
      return System.nanoTime() - sinceNanos < time.toNanos();
    }
  }

  private final Rules rules;
  private final Map<String, Known<TargetQueue>> known = new ConcurrentHashMap<>();
  private final Map<SimpleString, Known<Optional<AddressRules>>> settings =
      new ConcurrentHashMap<>();

  TargetQueues(Rules rules) {
    this.rules = rules;
  }

  /**
   * Finds a queue, and creates it where there is none and the broker lets it be created.
   *
   * @param name a queue, or {@code address::queue}, which is never created
   * @throws TargetRefusedException a message sent there would reach no queue
   */
  TargetQueue find(ClientSession session, String name)
      throws ActiveMQException, TargetRefusedException {
    Known<TargetQueue> before = known.get(name);
    if (before != null && before.holds(HOLDS)) {
      return before.value();
    }
    TargetQueue target = lookUp(session, name);
    remember(known, name, target);
    return target;
  }

  /**
   * Finds a queue as {@link #find} does, and refuses one whose messages the broker drops while it
   * is full. Asks the broker's management once a minute, so it is not for a unit's path.
   */
  void requireKept(ClientSession session, String name)
      throws ActiveMQException, TargetRefusedException {
    SimpleString address = find(session, name).address();
    if (settingsOf(address).map(AddressRules::dropsWhenFull).orElse(false)) {
      throw new TargetRefusedException(
          name,
          "a queue that keeps its messages; the address-full-policy of '"
              + address
              + "' is DROP, by which the broker drops them without an error while it is full");
    }
  }

  /**
   * Whether the broker gives an expiry to what is sent to a queue without one. Asks the broker's
   * management once a minute.
   */
  boolean givesExpiry(ClientSession session, String name)
      throws ActiveMQException, TargetRefusedException {
    return settingsOf(find(session, name).address())
        .map(address -> address.expiryDelay() >= 0)
        .orElse(false);
  }

  private Optional<AddressRules> settingsOf(SimpleString address) {
    Known<Optional<AddressRules>> before = settings.get(address);
    if (before == null || !before.holds(RULES_HOLD)) {
      before = remember(settings, address, Optional.ofNullable(rules.of(address.toString())));
    }
    return before.value();
  }

  private static <K, T> Known<T> remember(Map<K, Known<T>> map, K key, T value) {
    if (map.size() >= MOST_KNOWN) {
      map.clear();
    }
    Known<T> known = new Known<>(value, System.nanoTime());
    map.put(key, known);
    return known;
  }

  private static TargetQueue lookUp(ClientSession session, String name)
      throws ActiveMQException, TargetRefusedException {
    TargetQueue existing = existing(session, name);
    if (existing != null) {
      return existing;
    }
    if (CompositeAddress.isFullyQualified(name)) {
      throw new TargetRefusedException(name, "a queue of that address; there is none of that name");
    }
    return create(session, name);
  }

  private static @Nullable TargetQueue existing(ClientSession session, String name)
      throws ActiveMQException, TargetRefusedException {
    SimpleString queue = SimpleString.of(CompositeAddress.extractQueueName(name));
    QueueQuery found = session.queueQuery(queue);
    if (!found.isExists()) {
      return null;
    }
    String address = CompositeAddress.extractAddressName(name);
    if (CompositeAddress.isFullyQualified(name) && !found.getAddress().toString().equals(address)) {
      throw new TargetRefusedException(
          name,
          "a queue of that address; the queue belongs to address '" + found.getAddress() + "'");
    }
    String problem = problem(found);
    if (problem != null) {
      throw new TargetRefusedException(name, problem);
    }
    SimpleString filter = found.getFilterString();
    return new TargetQueue(
        found.getAddress(),
        queue,
        found.getRoutingType(),
        filter == null ? null : new QueueFilter(filter.toString()));
  }

  /**
   * Sees that a queue is one to take messages from: what stays in it once it is acknowledged would
   * be applied, and copied into it, again and again.
   */
  static void requireEmptying(ClientSession session, SimpleString queue)
      throws ActiveMQException, TargetRefusedException {
    if (Boolean.TRUE.equals(session.queueQuery(queue).isNonDestructive())) {
      throw new TargetRefusedException(
          queue.toString(),
          "a queue that acknowledged messages leave; this one is non-destructive");
    }
  }

  /** Why the broker drops, without an error, what is sent to a queue; null where it does not. */
  static @Nullable String problem(QueueQuery queue) {
    if (Boolean.FALSE.equals(queue.isEnabled())) {
      return "a queue that takes messages; this one is disabled";
    }
    if (queue.isPurgeOnNoConsumers()) {
      return "a queue that keeps its messages; this one has purge-on-no-consumers, by which the broker drops them while nothing consumes from it";
    }
    if (queue.getRingSize() != null && queue.getRingSize() == 0) {
      return "a queue that keeps its messages; the ring-size of this one is 0";
    }
    for (String word : queue.getAddress().toString().split("\\.")) {
      if (word.equals("#") || word.equals("*")) { // refused when sent, in a transaction unheard
        return "a queue of one address; the address of this one has wildcards: '"
            + queue.getAddress()
            + "'";
      }
    }
    return null;
  }

  /**
   * Creates a queue that stays: the broker removes one that it has created by itself while it is
   * empty and has no consumer, and an uncommitted message counts as none.
   */
  private static TargetQueue create(ClientSession session, String name)
      throws ActiveMQException, TargetRefusedException {
    SimpleString queue = SimpleString.of(name);
    AddressQuery address = session.addressQuery(queue);
    if (!address.getQueueNames().contains(queue)) { // else another client has created it since
      requireCreatable(name, address);
      create(session, queue, address);
    }
    TargetQueue created = existing(session, name);
    if (created == null) {
      throw new TargetRefusedException(name, "a queue that stays; the broker has removed it again");
    }
    return created;
  }

  private static void create(ClientSession session, SimpleString queue, AddressQuery address)
      throws ActiveMQException, TargetRefusedException {
    QueueConfiguration configuration =
        QueueConfiguration.of(queue).setAddress(queue).setAutoCreated(true).setAutoDelete(false);
    AutoCreateUtil.setRequiredQueueConfigurationIfNotSet(
        configuration, address, RoutingType.ANYCAST, null, true);
    try {
      session.createQueue(configuration);
    } catch (ActiveMQException e) {
      if (e.getType() == ActiveMQExceptionType.SECURITY_EXCEPTION) {
        throw new TargetRefusedException(
            queue.toString(),
            "a queue that exists, since this user may not create it: " + e.getMessage());
      }
      if (e.getType() != ActiveMQExceptionType.QUEUE_EXISTS) {
        throw e;
      } // else created by another client in the meantime
    }
  }

  private static void requireCreatable(String name, AddressQuery address)
      throws TargetRefusedException {
    if (address.isExists()) {
      List<SimpleString> queues = address.getQueueNames();
      if (!queues.isEmpty()) {
        throw new TargetRefusedException(
            name, "a queue; this is an address whose queues are " + queues + ": name one of them");
      }
      if (!address.isSupportsAnycast()) {
        throw new TargetRefusedException(
            name, "a queue; this is an address of routing type multicast, for subscriptions");
      }
    }
    if (!address.isAutoCreateQueues() || !address.isExists() && !address.isAutoCreateAddresses()) {
      throw new TargetRefusedException(
          name, "a queue that exists; the broker's settings for this address create none");
    }
  }
}
