package io.handfast.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.concurrent.Deadline;
import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerException;
import io.handfast.message.MessageLimits;
import io.handfast.message.PositionedSession;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.message.PositionedSession.Range;
import io.handfast.message.Refusal;
import io.handfast.message.Source;
import io.handfast.message.Source.Start;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a real Kafka refuses is told with what is missing. */
class SecuredKafkaTest {

  private static final MessageLimits LIMITS = MessageLimits.ofHeap(1 << 28);
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"";

  private static KafkaServer server;

  @BeforeAll
  static void start() throws Exception {
    String users =
        LOGIN.formatted("admin", "admin-secret")
            + " user_admin=\"admin-secret\" user_reader=\"reader-secret\";";
    server =
        new KafkaServer(
            List.of(
                "listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms=PLAIN",
                "sasl.mechanism.inter.broker.protocol=PLAIN",
                "listener.name.plaintext.plain.sasl.jaas.config=" + users,
                "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users=User:admin;User:ANONYMOUS"));
    try (Admin admin = admin()) {
      List<NewTopic> topics =
          List.of("open", "listed", "hidden").stream()
              .map(name -> new NewTopic(name, 1, (short) 1))
              .toList();
      KafkaServer.create(admin, topics);
      admin
          .createAcls(
              List.of(
                  allow(ResourceType.TOPIC, "open", AclOperation.READ),
                  allow(ResourceType.TOPIC, "listed", AclOperation.DESCRIBE),
                  allow(ResourceType.GROUP, "ours", AclOperation.READ)))
          .all()
          .get();
    }
  }

  @AfterAll
  static void stop() {
    server.stop();
  }

  private static Admin admin() {
    return Admin.create(new HashMap<String, Object>(settings("admin", "admin-secret")));
  }

  private static Map<String, String> settings(String user, String password) {
    return Map.of(
        "bootstrap.servers",
        server.address(),
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        LOGIN.formatted(user, password) + ";");
  }

  private static AclBinding allow(ResourceType type, String name, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(type, name, PatternType.LITERAL),
        new AccessControlEntry("User:reader", "*", operation, AclPermissionType.ALLOW));
  }

  private static void read(KafkaTopics topics, String topic, String group) throws BrokerException {
    try (PositionedSession session = topics.openPositioned()) {
      session.consume(Source.ofPartitions(topic, group, Start.EARLIEST));
      Deadline deadline = Deadline.after(Duration.ofSeconds(20));
      int begun = 0;
      while (!deadline.isOver() && begun < 3) {
        for (Partition partition : session.assigned()) {
          session.begin(partition, Position.BEGINNING);
          begun++;
        }
        session.receive(1, Duration.ofMillis(300));
        begun += begun > 0 ? 1 : 0;
      }
      session.keep(
          List.of(
              new PositionedSession.Advance(
                  new Partition("c", "t", topic, 0), Position.BEGINNING)));
    }
  }

  @Test
  void aUserWithReadOnTopicAndGroupNeedsNoMore() throws Exception {
    try (KafkaTopics topics = new KafkaTopics(settings("reader", "reader-secret"), LIMITS)) {
      read(topics, "open", "ours");
      assertThat(topics.ranges("open").values()).containsExactly(new Range(0, 0));
    }
  }

  @Test
  void aRightThatIsMissingIsNamedWithTopicOrGroup() throws Exception {
    try (KafkaTopics topics = new KafkaTopics(settings("reader", "reader-secret"), LIMITS)) {
      assertThatThrownBy(() -> read(topics, "open", "theirs"))
          .isInstanceOf(BrokerAccessException.class)
          .hasMessageContaining("READ on group theirs");
      assertThatThrownBy(() -> read(topics, "listed", "ours"))
          .isInstanceOf(BrokerAccessException.class)
          .hasMessageContaining("on topic listed");
      assertThatThrownBy(() -> read(topics, "hidden", "ours"))
          .isInstanceOf(BrokerAccessException.class)
          .hasMessageContaining("on topic hidden");
      assertThat(refusal(topics, "open", "theirs")).isEqualTo(Refusal.Part.RIGHT);
    }
  }

  @Test
  void aTopicThatMayOnlyBeDescribedIsRefusedBeforeTheFirstPoll() throws Exception {
    try (KafkaTopics topics = new KafkaTopics(settings("reader", "reader-secret"), LIMITS)) {
      assertThat(refusal(topics, "listed", "ours")).isEqualTo(Refusal.Part.RIGHT);
      assertThat(topics.group("listed", "ours").lacking()).containsExactly("READ on topic listed");
      assertThat(topics.group("open", "theirs").lacking()).containsExactly("READ on group theirs");
      assertThat(topics.group("open", "ours").lacking()).isEmpty();
    }
  }

  @Test
  void aRightThatIsTakenAwayIsNoticedThoughPollsReturnNothing() throws Exception {
    try (Admin admin = admin();
        KafkaTopics topics = new KafkaTopics(settings("reader", "reader-secret"), LIMITS)) {
      admin.createTopics(List.of(new NewTopic("revoked", 1, (short) 1))).all().get();
      AclBinding read = allow(ResourceType.TOPIC, "revoked", AclOperation.READ);
      AclBinding describe = allow(ResourceType.TOPIC, "revoked", AclOperation.DESCRIBE);
      admin.createAcls(List.of(read, describe)).all().get();
      try (PositionedSession session = topics.openPositioned()) {
        session.consume(Source.ofPartitions("revoked", "ours", Start.EARLIEST));
        session.receive(1, Duration.ofMillis(300));
        admin.deleteAcls(List.of(read.toFilter())).all().get();
        Deadline deadline = Deadline.after(Duration.ofSeconds(30));

        assertThatThrownBy(
                () -> {
                  while (!deadline.isOver()) {
                    session.receive(1, Duration.ofMillis(100));
                  }
                })
            .isInstanceOf(BrokerAccessException.class)
            .hasMessageContaining("READ on topic revoked");
      }
    }
  }

  private static Refusal.Part refusal(KafkaTopics topics, String topic, String group)
      throws BrokerException {
    try (PositionedSession session = topics.openPositioned()) {
      return session
          .refusalOf(Source.ofPartitions(topic, group, Start.EARLIEST))
          .orElseThrow()
          .part();
    }
  }

  @Test
  void aWrongPasswordIsToldAndNotShown() {
    try (KafkaTopics topics = new KafkaTopics(settings("reader", "my-wrong-secret"), LIMITS)) {
      assertThatThrownBy(() -> read(topics, "open", "ours"))
          .isInstanceOf(BrokerAccessException.class)
          .hasMessageContaining("does not know this user or its credentials")
          .hasMessageNotContaining("my-wrong-secret");
    }
  }

  @Test
  void aClientWithoutCredentialsIsToldWithinItsBound() {
    Map<String, String> none =
        Map.of(
            "bootstrap.servers", server.address(),
            "default.api.timeout.ms", "2000",
            "request.timeout.ms", "2000");
    try (KafkaTopics topics = new KafkaTopics(none, LIMITS)) {
      assertThatThrownBy(() -> read(topics, "open", "ours"))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining(server.address())
          .hasMessageContaining("security.protocol");
    }
  }

  @Test
  void aMechanismThatTheClusterDoesNotHaveIsTold() {
    Map<String, String> other = new HashMap<>(settings("reader", "reader-secret"));
    other.put("sasl.mechanism", "SCRAM-SHA-256");
    other.put(
        "sasl.jaas.config",
        other.get("sasl.jaas.config").replace("plain.PlainLogin", "scram.ScramLogin"));
    try (KafkaTopics topics = new KafkaTopics(other, LIMITS)) {
      assertThatThrownBy(() -> read(topics, "open", "ours"))
          .isInstanceOf(BrokerAccessException.class)
          .hasMessageContaining("PLAIN");
    }
  }
}
