package io.handfast.artemis;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.core.transaction.impl.XidImpl;
import org.junit.jupiter.api.Test;

class TargetProbeTest {

  private static final Xid LEFT = new XidImpl("probe:1".getBytes(), 0x48465054, new byte[] {1});
  private static final Xid OURS = new XidImpl("n1.1".getBytes(), 0x48465854, new byte[] {1});

  private final List<Xid> rolledBack = new ArrayList<>();

  @Test
  void aScanEndsTheBranchesThatACrashHasLeftOfProbes() throws Exception {
    XAResource broker = broker(null);

    assertThat(scan(new TargetProbe(Duration.ZERO), broker)).containsExactly(OURS);
    assertThat(rolledBack).containsExactly(LEFT);
  }

  @Test
  void oneThatItsOwnNodeHasEndedMeanwhileIsNoTrouble() throws Exception {
    XAResource broker = broker(new XAException(XAException.XAER_NOTA));

    assertThat(scan(new TargetProbe(Duration.ZERO), broker)).containsExactly(OURS);
  }

  @Test
  void aScanLeavesTheBranchesOfProbesAtWorkAlone() throws Exception {
    TargetProbe probes = new TargetProbe();
    XAResource broker = broker(null);

    for (int i = 0; i < 3; i++) {
      assertThat(scan(probes, broker)).containsExactly(OURS);
    }
    assertThat(rolledBack).isEmpty();
  }

  private static Xid[] scan(TargetProbe probes, XAResource broker) throws XAException {
    return probes.ending(broker).recover(XAResource.TMSTARTRSCAN);
  }

  private XAResource broker(XAException answer) {
    return (XAResource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {XAResource.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("recover")) {
                return new Xid[] {LEFT, OURS};
              }
              rolledBack.add((Xid) arguments[0]);
              if (answer != null) {
                throw answer;
              }
              return null;
            });
  }
}
