package io.handfast.sqs;

import io.handfast.message.MessageLimits;
import io.handfast.message.SourceConnector;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Sessions keep the contract at ElasticMQ, over the wire. */
class SqsQueuesTest extends SqsContract {

  private static final SqsClient CLIENT = ElasticMq.shared().client();

  private static final SqsQueues QUEUES =
      new SqsQueues(
          () -> ElasticMq.client(ElasticMq.shared().address(), new RequestCount()),
          ElasticMq.shared().address().toString(),
          new RequestCount(),
          MessageLimits.ofHeap(256 * 1024 * 1024),
          LEASE,
          Clock.systemUTC());

  @AfterAll
  static void close() {
    QUEUES.close();
    CLIENT.close();
  }

  @Override
  protected SourceConnector queues() {
    return QUEUES;
  }

  @Override
  protected SqsClient client() {
    return CLIENT;
  }
}
