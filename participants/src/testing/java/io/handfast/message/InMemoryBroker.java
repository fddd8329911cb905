package io.handfast.message;

import io.handfast.message.SourceCapabilities.Capability;
import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.PlainXid;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.XaRecoverySession;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * A broker in memory, which keeps to the contract of {@link SourceSession} as Artemis does.
 *
 * <p>It has no threads and waits for nothing: where a caller is ready to wait, its clock goes on.
 * Queues and prepared branches outlive sessions, as they would a crash of their users. Used by one
 * thread at a time.
 */
public final class InMemoryBroker implements Broker {

  static final String IDENTITY = "in-memory";

  private static final SourceCapabilities CAPABILITIES =
      SourceCapabilities.of(
          "in-memory",
          Capability.BRANCHES,
          Capability.SENDS,
          Capability.TOPICS,
          Capability.GROUPS,
          Capability.SELECTORS,
          Capability.HOLDS_BACK);

  /** A clock, and a way to wait. */
  public interface Time {

    long millis();

    void passUntil(long millis);
  }

  /** Goes on where a caller is ready to wait: waits are over at once. Thread-safe. */
  public static final class OwnTime implements Time {

    private long millis = 1_000_000;

    @Override
    public synchronized long millis() {
      return millis;
    }

    @Override
    public synchronized void passUntil(long until) {
      millis = Math.max(millis, until);
    }
  }

  private final Consumer<String> steps;
  private final Time time;
  private final Map<String, InMemoryQueue> queues = new TreeMap<>();
  private final Map<PlainXid, InMemoryBranch> prepared = new LinkedHashMap<>();
  private final Set<String> claims = new HashSet<>();
  private final Set<Object> duplicateIds = new HashSet<>();
  private final Set<SourceSession> sessions = new LinkedHashSet<>();
  private final Set<String> nodes = new HashSet<>();
  private long numbers;
  private int failingCommit;
  private boolean isCommitLost;

  /** A broker whose steps are not watched. */
  public InMemoryBroker() {
    this(step -> {});
  }

  /**
   * An empty broker.
   *
   * @param steps is told of each receive, send, acknowledgement and give-back before it happens
   */
  public InMemoryBroker(Consumer<String> steps) {
    this(steps, new OwnTime());
  }

  /** One with a clock that is not its own. */
  public InMemoryBroker(Consumer<String> steps, Time time) {
    this.steps = steps;
    this.time = time;
  }

  /** Puts a message into a queue. */
  public InMemoryBroker put(String queue, String id, Map<String, Object> headers) {
    return put(queue, id, "{}", headers);
  }

  /** Puts a message with a body into a queue. */
  public InMemoryBroker put(String queue, String id, String body, Map<String, Object> headers) {
    long number = next();
    Object original = headers.getOrDefault(MessageHeaders.ID, id);
    Object failures = headers.getOrDefault(MessageHeaders.FAILURES, 0);
    queue(queue)
        .add(
            number,
            now(),
            new InMemoryMessage(
                String.valueOf(original),
                number,
                MessageBody.ofText(body),
                headers,
                ((Number) failures).intValue(),
                now(),
                0,
                true,
                0));
    return this;
  }

  /** Makes one commit fail before it has an effect: 1 is the next one, 2 the one after it. */
  public InMemoryBroker failsAtCommit(int nth) {
    failingCommit = nth;
    isCommitLost = true;
    return this;
  }

  /** Makes the next commit take effect and its reply get lost. */
  public InMemoryBroker losesReplyOfCommit() {
    failingCommit = 1;
    isCommitLost = false;
    return this;
  }

  /** Ends all sessions: what was not prepared is undone. */
  public void restart() {
    List.copyOf(sessions).forEach(SourceSession::abandon);
    nodes.clear();
  }

  void opened(SourceSession session) {
    sessions.add(session);
  }

  void closed(SourceSession session) {
    sessions.remove(session);
  }

  /** The ids of the messages in a queue, those in flight included, in order. */
  public List<String> left(String queue) {
    return queue(queue).all().stream().map(InMemoryMessage::id).toList();
  }

  /** The messages in a queue, those in flight included, in order. */
  public List<InMemoryMessage> messagesIn(String queue) {
    return queue(queue).all();
  }

  /** The messages that a prepared branch has taken; empty where there is no such branch. */
  public List<InMemoryMessage> takenBy(Predicate<Xid> branch) {
    return prepared.entrySet().stream()
        .filter(one -> branch.test(one.getKey()))
        .flatMap(one -> one.getValue().taken().stream())
        .toList();
  }

  /** How many branches are prepared and have not ended. */
  public int preparedBranches() {
    return prepared.size();
  }

  void step(String step) {
    steps.accept(step);
  }

  long now() {
    return time.millis();
  }

  long next() {
    return ++numbers;
  }

  /** Lets time pass until a message is due, at most so long. */
  void pass(InMemoryQueue queue, Duration wait) {
    long now = time.millis();
    time.passUntil(Math.min(queue.nextDue(now), now + wait.toMillis()));
  }

  InMemoryQueue queue(String name) {
    int qualifier = name.indexOf(Source.QUALIFIER);
    String own = qualifier < 0 ? name : name.substring(qualifier + Source.QUALIFIER.length());
    return queues.computeIfAbsent(own, any -> new InMemoryQueue());
  }

  void removeQueue(String name) {
    queues.remove(name);
  }

  void commit(InMemoryBranch work) throws BrokerException {
    step("acknowledge");
    boolean fails = --failingCommit == 0;
    if (fails && isCommitLost) {
      throw new BrokerException("the request is lost");
    }
    Set<Object> ids = new HashSet<>();
    for (InMemoryBranch.Sending sending : work.sent()) {
      Object id = sending.message().headers().get(MessageHeaders.BROKER_DUPLICATE_ID);
      if (id != null && (duplicateIds.contains(id) || !ids.add(id))) {
        work.undo();
        throw new KnownIdException(new IllegalStateException("known: " + id));
      }
    }
    duplicateIds.addAll(ids);
    apply(work);
    if (fails) {
      throw new BrokerException("the reply is lost");
    }
  }

  private void apply(InMemoryBranch work) {
    work.acknowledge();
    for (InMemoryBranch.Sending sending : work.sent()) {
      queue(sending.queue()).add(next(), sending.due(), sending.message());
    }
    work.sent().clear();
  }

  void prepare(Xid branch, InMemoryBranch work) {
    work.prepare();
    prepared.put(PlainXid.of(branch), work);
  }

  void end(Xid branch, boolean isCommit) throws XAException {
    InMemoryBranch work = prepared.remove(PlainXid.of(branch));
    if (work == null) {
      throw new XAException(XAException.XAER_NOTA);
    }
    if (isCommit) {
      apply(work);
    } else {
      work.undo();
    }
  }

  Xid[] prepared() {
    return prepared.keySet().toArray(Xid[]::new);
  }

  boolean isClaimed(String id) {
    return claims.contains(id);
  }

  void keepClaim(String id) {
    claims.add(id);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public SourceCapabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public @Nullable String selectorProblem(String selector) {
    return Selector.problem(selector);
  }

  @Override
  public SourceSession openLocal(Prefetch intake) {
    return new InMemorySession(this, false);
  }

  @Override
  public SourceSession openXa(Prefetch intake) {
    return new InMemorySession(this, true);
  }

  @Override
  public BrokerSettings settings() {
    return new BrokerSettings("in-memory", null, null);
  }

  @Override
  public @Nullable String targetProblem(String queue, boolean isForAll) {
    queue(queue);
    return null;
  }

  @Override
  public Set<String> blockedQueues() {
    return Set.of();
  }

  @Override
  public RecoverySession openForRecovery() {
    return new XaRecoverySession(
        new InMemoryBranches(this),
        new RecoverySession.Scope(IDENTITY, ""),
        branches -> List.of(),
        () -> {});
  }

  @Override
  public Fence claim(String node) throws NodeNameTakenException {
    if (!nodes.add(node)) {
      throw new NodeNameTakenException(node, NAME, null);
    }
    return new Fence() {

      @Override
      public boolean isHeld() {
        return nodes.contains(node);
      }

      @Override
      public void close() {
        nodes.remove(node);
      }
    };
  }

  @Override
  public BrokerAdministration openAdministration() {
    return new Administration();
  }

  private final class Administration implements BrokerAdministration {

    @Override
    public Optional<QueueState> queue(String name) {
      return Optional.ofNullable(queues.get(name)).map(InMemoryQueue::state);
    }

    @Override
    public List<String> queuesBeginningWith(String prefix) {
      return queues.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
    }

    @Override
    public void removeQueue(String name) {
      queues.remove(name);
    }

    @Override
    public AddressRules rulesOf(String queue) {
      return new AddressRules(new BrokerDeadLetterRule(-1, null), "PAGE", -1, -1);
    }

    @Override
    public Optional<Long> moveUnusable(String from, @Nullable Long number, String to) {
      return Optional.empty();
    }

    @Override
    public String version() {
      return "in-memory";
    }

    @Override
    public boolean isPersistent() {
      return true;
    }

    @Override
    public DuplicateIdMemory idMemory() {
      return new DuplicateIdMemory(Long.MAX_VALUE, true);
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }
}
