package io.handfast.node;

import io.handfast.message.Broker;
import io.handfast.message.BrokerAdministration;
import io.handfast.message.BrokerException;
import io.handfast.message.BrokerSettings;
import io.handfast.message.Prefetch;
import io.handfast.message.Refusal;
import io.handfast.message.SourceCapabilities;
import io.handfast.message.SourceSession;
import io.handfast.participant.Fence;
import io.handfast.participant.RecoverySession;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The broker of a node that has none: refuses each call with the key that says so. */
public final class NoBroker implements Broker {

  private static final String REASON =
      "this node has no broker, since handfast.broker.enabled is false; ask a node that has one, or remove the key and set handfast.broker.url";

  private static BrokerException refusal() {
    return new BrokerException(REASON, null, new Refusal(Refusal.Part.DESTINATION, REASON));
  }

  @Override
  public boolean isPresent() {
    return false;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public BrokerSettings settings() {
    return new BrokerSettings("none", null, null);
  }

  @Override
  public SourceCapabilities capabilities() {
    return SourceCapabilities.of("none");
  }

  @Override
  public @Nullable String selectorProblem(String selector) {
    return null;
  }

  @Override
  public BrokerAdministration openAdministration() throws BrokerException {
    throw refusal();
  }

  @Override
  public String targetProblem(String queue, boolean isForAll) {
    return REASON;
  }

  @Override
  public Set<String> blockedQueues() {
    return Set.of();
  }

  @Override
  public SourceSession openLocal(Prefetch intake) throws BrokerException {
    throw refusal();
  }

  @Override
  public SourceSession openXa(Prefetch intake) throws BrokerException {
    throw refusal();
  }

  @Override
  public RecoverySession openForRecovery() {
    throw new IllegalStateException(REASON);
  }

  @Override
  public Fence claim(String node) {
    throw new IllegalStateException(REASON);
  }
}
