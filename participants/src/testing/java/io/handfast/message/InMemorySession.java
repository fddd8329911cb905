package io.handfast.message;

import io.handfast.participant.NamedXaResource;
import io.handfast.participant.PlainXid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** A session at a broker in memory. */
final class InMemorySession implements SourceSession {

  private final InMemoryBroker broker;
  private final @Nullable NamedXaResource xaResource;
  private final List<InMemoryQueue> consumed = new ArrayList<>();
  private InMemoryBranch work = new InMemoryBranch();
  private @Nullable Source source;
  private boolean isClosed;

  InMemorySession(InMemoryBroker broker, boolean isXa) {
    this.broker = broker;
    this.xaResource =
        isXa ? new NamedXaResource(broker.name(), InMemoryBroker.IDENTITY, new Branches()) : null;
    broker.opened(this);
  }

  /** The session's own branches: those of others are the broker's. */
  private final class Branches extends InMemoryBranches {

    private @Nullable PlainXid begun;

    Branches() {
      super(broker);
    }

    @Override
    public void start(Xid branch, int flags) throws XAException {
      requireOpenForXa();
      begun = PlainXid.of(branch);
    }

    @Override
    public void end(Xid branch, int flags) throws XAException {
      requireOpenForXa();
    }

    @Override
    public int prepare(Xid branch) throws XAException {
      requireOpenForXa();
      requireBegun(branch);
      broker.prepare(branch, work);
      work = new InMemoryBranch();
      begun = null;
      return XAResource.XA_OK;
    }

    @Override
    public void commit(Xid branch, boolean isOnePhase) throws XAException {
      if (!isOnePhase) {
        super.commit(branch, false);
        return;
      }
      requireOpenForXa();
      requireBegun(branch);
      begun = null;
      try {
        InMemorySession.this.commit();
      } catch (BrokerException e) {
        throw new XAException(XAException.XAER_RMFAIL);
      }
    }

    @Override
    public void rollback(Xid branch) throws XAException {
      if (PlainXid.of(branch).equals(begun)) {
        begun = null;
        giveBack();
        return;
      }
      super.rollback(branch);
    }

    private void requireOpenForXa() throws XAException {
      if (isClosed) {
        throw new XAException(XAException.XAER_RMFAIL);
      }
    }

    private void requireBegun(Xid branch) throws XAException {
      if (!PlainXid.of(branch).equals(begun)) {
        throw new XAException(XAException.XAER_NOTA);
      }
    }
  }

  @Override
  public NamedXaResource xaResource() {
    if (xaResource == null) {
      throw new IllegalStateException("a local session has no XA branch");
    }
    return xaResource;
  }

  @Override
  public boolean setBranchTimeout(Duration timeout) {
    return true;
  }

  @Override
  public void consume(Source from) throws BrokerException {
    requireOpen();
    InMemoryQueue queue = broker.queue(from.queueName());
    if (!consumed.contains(queue)) {
      queue.open(this);
      consumed.add(queue);
    }
    source = from;
  }

  @Override
  public Optional<Refusal> refusalOf(Source from) throws BrokerException {
    requireOpen();
    return Optional.ofNullable(Selector.problem(from.selector()))
        .map(problem -> new Refusal(Refusal.Part.SELECTOR, problem));
  }

  @Override
  public List<Message> receive(int max, Duration wait) throws BrokerException {
    requireOpen();
    Source from = source;
    if (from == null) {
      throw new IllegalStateException("consume() comes before receive()");
    }
    broker.step("receive");
    InMemoryQueue queue = broker.queue(from.queueName());
    Selector selector = Selector.of(from.selector());
    List<Message> received = take(queue, selector, max);
    if (received.isEmpty()) {
      broker.pass(queue, wait);
      received = take(queue, selector, max);
    }
    return received;
  }

  private List<Message> take(InMemoryQueue queue, Selector selector, int max) {
    List<Message> received = new ArrayList<>();
    InMemoryQueue.Place next = queue.take(this, broker.now(), selector);
    while (next != null) {
      work.take(next, queue);
      received.add(next.message());
      next = received.size() < max ? queue.take(this, broker.now(), selector) : null;
    }
    return received;
  }

  @Override
  public void wakeUp() {
    // Its waits end when the time of their own schedule has passed.
  }

  @Override
  public void settled() {
    // It takes no memory that is counted.
  }

  @Override
  public void requireConsumer() {
    // It hands every message out.
  }

  @Override
  public List<Message> browse(String queue, int max) throws BrokerException {
    requireOpen();
    List<Message> first = new ArrayList<>(broker.queue(queue).all());
    return first.subList(0, Math.min(max, first.size()));
  }

  @Override
  public void unsubscribe(String subscription) throws BrokerException {
    requireOpen();
    broker.removeQueue(Source.queueNameOf(subscription));
  }

  @Override
  public void send(String queue, String body, Map<String, Object> headers) throws BrokerException {
    requireOpen();
    long number = broker.next();
    InMemoryMessage message =
        new InMemoryMessage(
            "ID:" + number,
            number,
            MessageBody.ofText(body),
            new LinkedHashMap<>(headers),
            0,
            broker.now(),
            0,
            true,
            0);
    send(queue, broker.now(), message);
  }

  @Override
  public void send(String queue, MessageCopy copy) throws BrokerException {
    requireOpen();
    long now = broker.now();
    InMemoryMessage made =
        copy.original() instanceof InMemoryMessage original
            ? original.copy(copy, broker.next(), now)
            : forwarded(copy, broker.next(), now);
    send(queue, now + copy.delay().toMillis(), made);
  }

  private static InMemoryMessage forwarded(MessageCopy copy, long number, long now) {
    Message original = copy.original();
    if (copy.kind() != MessageCopy.Kind.FORWARD) {
      throw new IllegalArgumentException("not a message of this broker: " + original.id());
    }
    Map<String, Object> headers = new LinkedHashMap<>(original.headers());
    headers.keySet().removeIf(name -> name.startsWith("JMS") || name.startsWith("_AMQ"));
    headers.keySet().removeIf(name -> name.startsWith(MessageHeaders.PREFIX));
    headers.putAll(MessageHeaders.ofOrigin(original));
    headers.putAll(copy.headers());
    return new InMemoryMessage(
        "ID:" + number, number, original.content(), headers, 0, now, 0, true, 0);
  }

  private void send(String queue, long due, InMemoryMessage message) {
    broker.step("send to " + queue);
    work.send(new InMemoryBranch.Sending(queue, due, message));
  }

  @Override
  public boolean takes(String queue, MessageCopy copy) {
    return true;
  }

  @Override
  public void requireKept(String queue) throws BrokerException {
    requireOpen();
    broker.queue(queue);
  }

  @Override
  public void commit() throws BrokerException {
    requireOpen();
    broker.commit(work);
    work = new InMemoryBranch();
  }

  @Override
  public SendAcceptance commitOnce(String id) throws BrokerException {
    requireOpen();
    if (broker.isClaimed(id)) {
      work.undo();
      return SendAcceptance.DUPLICATE;
    }
    commit();
    broker.keepClaim(id);
    return SendAcceptance.NEW;
  }

  @Override
  public void rollback() throws BrokerException {
    requireOpen();
    giveBack();
  }

  private void giveBack() {
    broker.step("give back");
    work.undo();
  }

  private void requireOpen() throws BrokerException {
    if (isClosed) {
      throw new BrokerException("the session is closed");
    }
  }

  @Override
  public void close() {
    if (!isClosed) {
      giveBack();
      abandon();
    }
  }

  @Override
  public void abandon() {
    isClosed = true;
    broker.closed(this);
    work.undo();
    consumed.forEach(queue -> queue.close(this));
    consumed.clear();
  }
}
