package io.handfast.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerException;
import io.handfast.message.MessageLimits;
import io.handfast.message.Prefetch;
import io.handfast.message.Source;
import io.handfast.message.Source.Key;
import io.handfast.message.SourceSession;
import io.handfast.message.TargetRefusedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What SQS and what stands between says becomes words of Handfast, with the next step. */
class SqsFailuresTest {

  private HttpServer server;
  private SqsQueues queues;
  private final RequestCount requests = new RequestCount();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    queues = queuesAt("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private SqsQueues queuesAt(String address) {
    return new SqsQueues(
        () -> ElasticMq.client(URI.create(address), requests),
        address,
        requests,
        MessageLimits.ofHeap(256 * 1024 * 1024),
        Duration.ofSeconds(2),
        Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    queues.close();
    server.stop(0);
  }

  private void answers(int status, String type, String body) {
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", type);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private void consume() throws BrokerException {
    try (SourceSession session = queues.openLocal(Prefetch.ON_DEMAND)) {
      session.consume(Source.ofLeases("orders.fifo", Key.MESSAGE_ID));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "com.amazonaws.sqs#QueueDoesNotExist | no queue | which has none of this name",
        "com.amazonaws.sqs#RequestThrottled | slow down | they are repeated later",
        "com.amazon.coral.service#ThrottlingException | Rate exceeded | they are repeated later",
        "com.amazonaws.sqs#KmsThrottled | KMS rate | they are repeated later",
        "com.amazonaws.sqs#OverLimit | too many | gives more once some are deleted",
        "com.amazon.coral.service#ExpiredTokenException | token included is expired | those of a role are renewed",
        "com.amazonaws.sqs#KmsDisabled | key is disabled | enable it in KMS",
        "com.amazonaws.sqs#KmsInvalidState | pending deletion | enable it in KMS",
        "com.amazonaws.sqs#PurgeQueueInProgress | only one | is being purged",
        "com.amazonaws.sqs#ReceiptHandleIsInvalid | The receipt handle has expired | has ended",
        "InvalidParameterValue | Value A for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired | has ended",
        "InvalidSignatureException | Signature expired: 20261130T000000Z is now earlier than | the clock of this machine",
        "com.amazonaws.sqs#InternalError | oops | SQS refused (InternalError): oops"
      })
  void aRefusalSaysWhatToDo(String code, String words, String said) {
    answers(
        400,
        "application/x-amz-json-1.0",
        "{\"__type\":\"%s\",\"message\":\"%s\"}".formatted(code, words));

    assertThatThrownBy(this::consume)
        .isInstanceOf(BrokerException.class)
        .isNotInstanceOf(BrokerAccessException.class)
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "com.amazon.coral.service#AccessDeniedException | not authorized | lacks the right sqs:GetQueueUrl on queue orders.fifo",
        "com.amazonaws.sqs#KmsAccessDenied | no decrypt | lacks kms:Decrypt",
        "com.amazon.coral.service#UnrecognizedClientException | bad key | does not know the credentials",
        "com.amazon.coral.service#InvalidSignatureException | does not match | does not know the credentials",
        "com.amazonaws.sqs#InvalidSecurity | no | does not know the credentials"
      })
  void aLackingRightIsForAnOperator(String code, String words, String said) {
    answers(
        400,
        "application/x-amz-json-1.0",
        "{\"__type\":\"%s\",\"message\":\"%s\"}".formatted(code, words));

    assertThatThrownBy(this::consume)
        .isInstanceOf(BrokerAccessException.class)
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @CsvSource({"200", "403", "404"})
  void aProxyThatAnswersWithAPageIsNotSqs(int status) {
    answers(status, "text/html", "<html><body>Please sign in</body></html>");

    assertThatThrownBy(this::consume).hasMessageContaining("is not SQS");
  }

  @ParameterizedTest
  @CsvSource({"502", "503", "504"})
  void aPageOfABusyServerIsAnOutage(int status) {
    answers(status, "text/html", "<html><body>Service Unavailable</body></html>");

    assertThatThrownBy(this::consume)
        .hasMessageContaining("is not available (HTTP status " + status)
        .hasMessageNotContaining("handfast.sqs.endpoint");
  }

  @Test
  void theUrlOfAnotherRegionIsATargetThatIsRefused() {
    answers(
        400,
        "application/x-amz-json-1.0",
        "{\"__type\":\"com.amazonaws.sqs#InvalidAddress\",\"message\":\"The address https://sqs.eu-west-1.amazonaws.com/ is not valid for this endpoint.\"}");

    assertThatThrownBy(this::consume)
        .isInstanceOf(TargetRefusedException.class)
        .hasMessageContaining("handfast.sqs.region");
  }

  @Test
  void anAddressWithoutAServerIsUnreachable() {
    int port = server.getAddress().getPort();
    server.stop(0);
    queues.close();
    queues = queuesAt("http://127.0.0.1:" + port);

    assertThatThrownBy(this::consume).hasMessageContaining("is unreachable");
  }

  @Test
  void aHostWithoutAnAddressIsUnreachable() {
    queues.close();
    queues = queuesAt("http://sqs.nowhere.invalid");

    assertThatThrownBy(this::consume)
        .hasMessageContaining("no host sqs.nowhere.invalid")
        .hasMessageContaining("handfast.sqs.endpoint");
  }

  @Test
  void eachAttemptIsCountedAsTheRequestThatItIs() {
    answers(
        503, "application/x-amz-json-1.0", "{\"__type\":\"com.amazonaws.sqs#RequestThrottled\"}");

    assertThatThrownBy(this::consume).hasMessageContaining("RequestThrottled");

    assertThat(queues.requests().get("url")).isGreaterThan(1);
    assertThat(queues.requests())
        .containsOnlyKeys("attributes", "change-visibility", "delete", "other", "receive", "url");
    assertThat(queues.requests().values().stream().filter(count -> count > 0)).hasSize(1);
  }

  @Test
  void aQueueThatIsNotThereIsATargetThatIsRefused() {
    answers(
        400,
        "application/x-amz-json-1.0",
        "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"no\"}");

    assertThatThrownBy(this::consume).isInstanceOf(TargetRefusedException.class);
  }

  @Test
  void aMissingRegionIsToldWithItsKey() {
    SqsQueues nowhere =
        new SqsQueues(new SqsSettings(null, null), MessageLimits.ofHeap(1024), Clock.systemUTC());
    String known = System.getProperty("aws.region");
    System.setProperty("aws.disableEc2Metadata", "true");
    try {
      assertThat(known).isNull();
      assertThatThrownBy(() -> nowhere.openLocal(Prefetch.ON_DEMAND))
          .hasMessageContaining("set handfast.sqs.region");
    } finally {
      System.clearProperty("aws.disableEc2Metadata");
    }
  }

  @Test
  void missingCredentialsAreToldWithTheWaysToGiveThem() {
    System.setProperty("aws.disableEc2Metadata", "true");
    try (SqsQueues unknown =
        new SqsQueues(
            new SqsSettings(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "eu-central-1"),
            MessageLimits.ofHeap(1024),
            Clock.systemUTC())) {
      assertThatThrownBy(
              () -> {
                try (SourceSession session = unknown.openLocal(Prefetch.ON_DEMAND)) {
                  session.consume(Source.ofLeases("orders", Key.MESSAGE_ID));
                }
              })
          .hasMessageContaining("no credentials for SQS")
          .hasMessageContaining("web identity");
    } finally {
      System.clearProperty("aws.disableEc2Metadata");
    }
  }
}
