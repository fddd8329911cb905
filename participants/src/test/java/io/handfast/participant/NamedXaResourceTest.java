package io.handfast.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedXaResourceTest {

  private static final String CODES =
      """
      code           | two-phase commit | one-phase commit | rollback
      XA_RBROLLBACK  | XA_HEURHAZ       | XA_RBROLLBACK    | done
      XA_RBCOMMFAIL  | XA_HEURHAZ       | XA_RBCOMMFAIL    | done
      XA_RBDEADLOCK  | XA_HEURHAZ       | XA_RBDEADLOCK    | done
      XA_RBINTEGRITY | XA_HEURHAZ       | XA_RBINTEGRITY   | done
      XA_RBOTHER     | XA_HEURHAZ       | XA_RBOTHER       | done
      XA_RBPROTO     | XA_HEURHAZ       | XA_RBPROTO       | done
      XA_RBTIMEOUT   | XA_HEURHAZ       | XA_RBTIMEOUT     | done
      XA_RBTRANSIENT | XA_HEURHAZ       | XA_RBTRANSIENT   | done
      XA_HEURHAZ     | XA_HEURHAZ       | XA_HEURHAZ       | XA_HEURHAZ
      XA_HEURCOM     | XA_HEURCOM       | XA_HEURCOM       | XA_HEURCOM
      XA_HEURRB      | XA_HEURRB        | XA_HEURRB        | XA_HEURRB
      XA_HEURMIX     | XA_HEURMIX       | XA_HEURMIX       | XA_HEURMIX
      XA_RETRY       | XA_HEURHAZ       | XA_RETRY         | XA_RETRY
      XAER_RMERR     | XA_HEURHAZ       | XAER_RMERR       | XAER_RMERR
      XAER_RMFAIL    | XA_HEURHAZ       | XAER_RMFAIL      | XAER_RMFAIL
      XAER_NOTA      | XA_HEURHAZ       | XAER_NOTA        | done
      XAER_PROTO     | XA_HEURHAZ       | XAER_PROTO       | XAER_PROTO
      XAER_INVAL     | XA_HEURHAZ       | XAER_INVAL       | XAER_INVAL
      0              | XA_HEURHAZ       | 0                | 0
      """;

  private final List<String> calls = new ArrayList<>();
  private final Map<String, Exception> failures = new HashMap<>();
  private final NamedXaResource resource = new NamedXaResource("broker", fake());
  private final Xid branch =
      (Xid)
          Proxy.newProxyInstance(
              Xid.class.getClassLoader(), new Class<?>[] {Xid.class}, (p, m, a) -> null);

  @ParameterizedTest
  @CsvSource(textBlock = CODES, delimiter = '|', useHeadersInDisplayName = true)
  void eachAnswerKeepsNoMoreThanItsHonestMeaning(
      String code, String twoPhase, String onePhase, String rollback) throws Exception {
    failures.put("commit", new XAException(codeOf(code)));
    failures.put("rollback", new XAException(codeOf(code)));

    expect(twoPhase, () -> resource.commit(branch, false));
    expect(onePhase, () -> resource.commit(branch, true));
    expect(rollback, () -> resource.rollback(branch));
    assertThat(calls).containsExactly("commit", "commit", "rollback");
  }

  @Test
  void anAnswerThatWasReadAnewKeepsItsCauseAndNamesTheParticipant() {
    XAException answer = new XAException(XAException.XAER_RMERR);
    failures.put("commit", answer);

    assertThatThrownBy(() -> resource.commit(branch, false))
        .hasMessageContaining("broker")
        .hasMessageContaining("-3")
        .hasCause(answer);
  }

  @Test
  void aDriverThatThrowsInACommitLeavesItUnknown() throws Exception {
    failures.put("commit", new IllegalStateException("a defect of the driver"));

    expect("XA_HEURHAZ", () -> resource.commit(branch, false));
    expect("XAER_RMFAIL", () -> resource.commit(branch, true));
  }

  @ParameterizedTest
  @CsvSource({
    "XA_RBROLLBACK",
    "XA_RBTIMEOUT",
    "XAER_RMERR",
    "XAER_RMFAIL",
    "XAER_NOTA",
    "XAER_PROTO",
    "0"
  })
  void aBranchThatCouldNotBeEndedIsNeverPrepared(String code) throws Exception {
    failures.put("end", new XAException(codeOf(code)));
    resource.start(branch, XAResource.TMNOFLAGS);
    expect(code, () -> resource.end(branch, XAResource.TMSUCCESS));

    expect("XA_RBCOMMFAIL", () -> resource.prepare(branch));

    assertThat(calls).containsExactly("start", "end");
  }

  @Test
  void whyABranchIsNotPreparedIsToldUntilTheNextOneBegins() throws Exception {
    XAException lost = new XAException(XAException.XAER_RMFAIL);
    failures.put("end", lost);
    resource.start(branch, XAResource.TMNOFLAGS);
    expect("XAER_RMFAIL", () -> resource.end(branch, XAResource.TMSUCCESS));
    expect("XA_RBCOMMFAIL", () -> resource.prepare(branch));

    assertThat(resource.prepareFailure()).hasMessageContaining("broker").hasCause(lost);
    resource.start(branch, XAResource.TMNOFLAGS);
    assertThat(resource.prepareFailure()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"XA_RBROLLBACK", "XAER_RMERR", "XAER_RMFAIL", "XAER_NOTA", "0"})
  void aBranchThatCouldNotBeEndedIsNeverCommittedInOnePhase(String code) throws Exception {
    failures.put("end", new XAException(codeOf(code)));
    resource.start(branch, XAResource.TMNOFLAGS);
    expect(code, () -> resource.end(branch, XAResource.TMSUCCESS));

    expect("XA_RBCOMMFAIL", () -> resource.commit(branch, true));

    assertThat(calls).containsExactly("start", "end");
  }

  @Test
  void aDriverThatThrowsInAnEndIsNeverPreparedEither() throws Exception {
    failures.put("end", new IllegalStateException("a defect of the driver"));
    resource.start(branch, XAResource.TMNOFLAGS);
    assertThatThrownBy(() -> resource.end(branch, XAResource.TMSUCCESS))
        .isInstanceOf(IllegalStateException.class);

    expect("XA_RBCOMMFAIL", () -> resource.prepare(branch));
    expect("XA_RBCOMMFAIL", () -> resource.commit(branch, true));
  }

  @Test
  void theNextBranchIsPreparedThoughTheLastCouldNotBeEnded() throws Exception {
    failures.put("end", new XAException(XAException.XAER_RMFAIL));
    resource.start(branch, XAResource.TMNOFLAGS);
    expect("XAER_RMFAIL", () -> resource.end(branch, XAResource.TMSUCCESS));
    failures.clear();

    resource.start(branch, XAResource.TMNOFLAGS);
    resource.end(branch, XAResource.TMSUCCESS);

    assertThat(resource.prepare(branch)).isEqualTo(XAResource.XA_OK);
  }

  @ParameterizedTest
  @CsvSource({
    "XA_RBROLLBACK",
    "XA_RBTRANSIENT",
    "XAER_RMERR",
    "XAER_RMFAIL",
    "XAER_NOTA",
    "XAER_PROTO",
    "0"
  })
  void aRefusedVoteIsPassedOnAsItIs(String code) throws Exception {
    failures.put("prepare", new XAException(codeOf(code)));

    expect(code, () -> resource.prepare(branch));
  }

  @Test
  void participantsAreTheSameByNameAlone() {
    assertThat(resource.isSameRM(new NamedXaResource("broker", fake()))).isTrue();
    assertThat(resource.isSameRM(new NamedXaResource("database", fake()))).isFalse();
    assertThat(resource.isSameRM(fake())).isFalse();
  }

  @Test
  void aTransactionManagersTimeOutCostsNoRoundTrip() {
    assertThat(resource.setTransactionTimeout(30)).isFalse();
    assertThat(calls).isEmpty();
  }

  @FunctionalInterface
  private interface Call {
    void run() throws XAException;
  }

  private void expect(String code, Call call) throws Exception {
    if (code.equals("done")) {
      assertThatCode(call::run).doesNotThrowAnyException();
    } else {
      XAException answer = catchThrowableOfType(XAException.class, call::run);
      assertThat(answer).isNotNull();
      assertThat(answer.errorCode).isEqualTo(codeOf(code));
    }
  }

  private static int codeOf(String name) throws ReflectiveOperationException {
    return name.equals("0") ? 0 : XAException.class.getField(name).getInt(null);
  }

  private XAResource fake() {
    return (XAResource)
        Proxy.newProxyInstance(
            XAResource.class.getClassLoader(),
            new Class<?>[] {XAResource.class},
            (proxy, method, arguments) -> {
              calls.add(method.getName());
              Exception failure = failures.get(method.getName());
              if (failure != null) {
                throw failure;
              }
              return method.getName().equals("prepare") ? XAResource.XA_OK : null;
            });
  }
}
