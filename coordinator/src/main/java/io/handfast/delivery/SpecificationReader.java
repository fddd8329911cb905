package io.handfast.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.database.InvalidStatementException;
import io.handfast.database.StatementTemplate;
import io.handfast.delivery.DeliverySpecification.Assurance;
import io.handfast.delivery.DeliverySpecification.Effects;
import io.handfast.delivery.DeliverySpecification.HandlerCall;
import io.handfast.delivery.DeliverySpecification.Load;
import io.handfast.delivery.DeliverySpecification.Retry;
import io.handfast.delivery.DeliverySpecification.Sink;
import io.handfast.input.AllowedHosts;
import io.handfast.input.BrokerName;
import io.handfast.input.JsonFields;
import io.handfast.input.Violation;
import io.handfast.input.WireName;
import io.handfast.message.Source;
import io.handfast.message.Sources;
import io.handfast.node.NodeConfig;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a delivery from JSON, whether it came over REST, from configuration or from disk. */
final class SpecificationReader {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Duration LONGEST_DELAY = Duration.ofDays(30);
  private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");
  private static final Pattern LEASED_QUEUE =
      Pattern.compile(
          "(https?://[!-~&&[^?#]]{1,420}/)?([A-Za-z0-9_-]{1,75}\\.fifo|[A-Za-z0-9_-]{1,80})");
  private static final int LONGEST_GROUP = 255;
  private static final int LONGEST_HEADER = 255;
  private static final Set<String> FIELDS_OF_BYTES = Set.of("body", "key");
  private static final String NEEDS_BROKER =
      "only on a node that has a broker: handfast.broker.enabled is false on this one";

  private final List<Violation> violations = new ArrayList<>();

  private final Sources sources;
  private final AllowedHosts hosts;

  private SpecificationReader(Sources sources, AllowedHosts hosts) {
    this.sources = sources;
    this.hosts = hosts;
  }

  /**
   * What was read.
   *
   * @param specification as far as it could be read; defaults stand where something is wrong
   * @param violations everything that is wrong
   */
  record Reading(DeliverySpecification specification, List<Violation> violations) {}

  /** Reads a delivery as far as possible. */
  static Reading readAll(String name, JsonNode body, Sources sources, AllowedHosts hosts) {
    SpecificationReader reader = new SpecificationReader(sources, hosts);
    JsonFields given = new JsonFields(body, "", reader.violations);
    if (given.has("name") && !name.equals(given.text("name"))) {
      given.reject("name", "the name in the path, or left out");
    }
    JsonFields own = new JsonFields(withoutAnswers(body), "", reader.violations);
    return new Reading(reader.read(name, own), reader.violations);
  }

  /** What was read with GET can be written back: what only answers say is no mistake. */
  private static JsonNode withoutAnswers(JsonNode body) {
    return body instanceof ObjectNode object
        ? object.deepCopy().remove(SpecificationWriter.ANSWER_MEMBERS)
        : body;
  }

  /**
   * Reads a delivery.
   *
   * @throws InvalidDeliveryException with every violation of the name and the body
   */
  static DeliverySpecification read(String name, JsonNode body, Sources sources, AllowedHosts hosts)
      throws InvalidDeliveryException {
    Reading reading = readAll(name, body, sources, hosts);
    if (!reading.violations().isEmpty()) {
      throw new InvalidDeliveryException(reading.violations());
    }
    return reading.specification();
  }

  private DeliverySpecification read(String name, JsonFields body) {
    if (!NAME.matcher(name).matches()) {
      violations.add(
          new Violation("name", name, "1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit"));
    }
    body.allow(
        "source",
        "guarantee",
        "protocol",
        "style",
        "consumers",
        "batch",
        "batchGrows",
        "sink",
        "forward",
        "handler",
        "retry",
        "deadLetter");
    Source source = source(name, body);
    Guarantee guarantee = body.choice("guarantee", Guarantee.EXACTLY_ONCE);
    Style style = body.choice("style", Style.PUSH);
    Assurance assurance = new Assurance(guarantee, protocol(body, guarantee, source));
    checkKey(source, assurance);
    checkStyle(body, style);
    sources
        .find(source)
        .map(known -> new Combination(known.capabilities(), assurance, style, uses(body)))
        .ifPresent(combination -> violations.addAll(combination.problems()));
    checkNoCircle(body, source);
    return new DeliverySpecification(
        source,
        assurance,
        style,
        load(body),
        new Effects(sink(body, source), forward(body), handler(body)),
        retry(body),
        deadLetter(name, body, source));
  }

  private static Combination.Uses uses(JsonFields body) {
    return new Combination.Uses(body.has("sink"), body.has("forward"), body.has("handler"));
  }

  private @Nullable String forward(JsonFields body) {
    String queue = queueOf(body, "forward", null);
    if (queue != null && sources.queues().isEmpty()) {
      body.object("forward").reject("queue", NEEDS_BROKER);
    }
    return queue;
  }

  /** A queue; where partitions keep messages, a name for the delivery's rows in the table. */
  private static String deadLetter(String name, JsonFields body, Source source) {
    if (source.isPositioned() || source.isLeased()) {
      if (body.has("deadLetter")) {
        body.reject(
            "deadLetter",
            "left out: what cannot be applied goes to the table handfast_dead_letter of the sink's database, since this source takes no messages");
      }
      return "database/" + name;
    }
    String owner = source.queue() != null ? source.queue() : source.subscription();
    return String.valueOf(queueOf(body, "deadLetter", owner + ".dead"));
  }

  private static Load load(JsonFields body) {
    return new Load(
        body.integer("consumers", 4, 1, 64),
        body.integer(
            "batch", DeliverySpecification.DEFAULT_BATCH, 1, DeliverySpecification.LARGEST_BATCH),
        body.has("batch") && !isGrowing(body));
  }

  private static boolean isGrowing(JsonFields body) {
    JsonNode grows = body.node("batchGrows");
    if (body.has("batchGrows") && (grows == null || !grows.isBoolean())) {
      body.reject("batchGrows", "true or false");
    }
    return grows != null && grows.asBoolean();
  }

  private Source source(String name, JsonFields body) {
    JsonFields source = body.object("source");
    if (source.has("kafka")) {
      source.allow("kafka");
      return partitions(name, source);
    }
    if (source.has("sqs")) {
      source.allow("sqs");
      return leases(source);
    }
    source.allow("queue", "topic", "subscription", "selector", "kafka", "sqs");
    String selector = source.text("selector");
    String selectorProblem =
        sources
            .queues()
            .filter(queues -> selector != null)
            .map(queues -> queues.selectorProblem(String.valueOf(selector)))
            .orElse(null);
    if (selectorProblem != null) {
      source.reject("selector", "a JMS selector: " + selectorProblem);
    }
    if (source.has("topic") || source.has("subscription")) {
      if (source.has("queue")) {
        source.reject("queue", "either a queue, or a topic with a subscription");
      }
      String topic = named(source, "topic");
      String subscription = named(source, "subscription");
      requireBroker(source, "topic");
      return new Source(null, topic, subscription, selector);
    }
    String queue = named(source, "queue");
    requireBroker(source, "queue");
    return new Source(queue, null, null, selector);
  }

  private void requireBroker(JsonFields source, String member) {
    if (sources.queues().isEmpty() && source.has(member)) {
      source.reject(member, NEEDS_BROKER);
    }
  }

  private Source partitions(String delivery, JsonFields source) {
    if (sources.partitions().isEmpty()) {
      source.reject(
          "kafka",
          "only on a node that knows a cluster: set handfast.kafka.\"bootstrap.servers\" there");
    }
    JsonFields kafka = source.object("kafka");
    kafka.allow("topic", "group", "from", "format", "key");
    String topic = kafka.requiredText("topic");
    if (topic != null && !TOPIC.matcher(topic).matches()) {
      kafka.reject("topic", "1 to 249 of A-Z a-z 0-9 . _ -, and neither . nor ..");
    }
    String group = kafka.text("group");
    if (group != null && group.length() > LONGEST_GROUP) {
      kafka.reject("group", "at most " + LONGEST_GROUP + " characters");
    }
    return Source.ofPartitions(
        topic == null ? "" : topic,
        new Source.Group(
            group == null ? "handfast-" + delivery : group,
            kafka.choice("from", Source.Start.EARLIEST),
            kafka.choice("format", Source.Format.TEXT),
            idHeader(kafka)));
  }

  private Source leases(JsonFields source) {
    if (sources.leases().isEmpty()) {
      source.reject("sqs", "a kind of source that this node has");
    }
    JsonFields sqs = source.object("sqs");
    sqs.allow("queue", "key");
    String queue = sqs.requiredText("queue");
    if (queue != null && !LEASED_QUEUE.matcher(queue).matches()) {
      sqs.reject(
          "queue",
          "a name of 1 to 80 of A-Z a-z 0-9 _ -, with .fifo at its end where the queue has an order, or the queue's URL");
    }
    return Source.ofLeases(queue == null ? "" : queue, sqs.choice("key", Source.Key.MESSAGE_ID));
  }

  private static @Nullable String idHeader(JsonFields kafka) {
    JsonFields key = kafka.object("key");
    if (!key.isPresent()) {
      return null;
    }
    key.allow("header");
    String header = key.requiredText("header");
    if (header != null && header.length() > LONGEST_HEADER) {
      key.reject("header", "at most " + LONGEST_HEADER + " characters");
    }
    return header;
  }

  /** A name that the broker can keep: an address that is neither a wildcard nor fully qualified. */
  private static String named(JsonFields object, String member) {
    String name = object.requiredText(member);
    if (name != null && !BrokerName.isValid(name)) {
      object.reject(member, BrokerName.RULE);
    }
    return name == null ? "" : name;
  }

  private static ProtocolName protocol(JsonFields body, Guarantee guarantee, Source source) {
    ProtocolName usual =
        source.isPositioned() ? ProtocolName.LOCAL_COMMIT : ProtocolName.TWO_PHASE_COMMIT;
    ProtocolName protocol =
        body.choice("protocol", source.isLeased() ? ProtocolName.IDEMPOTENCY : usual);
    if (body.has("protocol") && guarantee != Guarantee.EXACTLY_ONCE) {
      body.reject("protocol", "only with guarantee exactly-once");
    }
    return protocol;
  }

  /** Without an inbox the header would say nothing to the delivery. */
  private void checkKey(Source source, Assurance assurance) {
    if (source.isLeased() && source.key() != Source.Key.MESSAGE_ID && !assurance.isIdempotency()) {
      violations.add(
          new Violation(
              "source.sqs.key",
              WireName.of(Objects.requireNonNull(source.key())),
              "only with protocol idempotency: no other keeps the ids of messages"));
    }
    if (source.group() != null && source.group().idHeader() != null && !assurance.isIdempotency()) {
      violations.add(
          new Violation(
              "source.kafka.key",
              source.group().idHeader(),
              "only with protocol idempotency: no other keeps the ids of messages"));
    }
  }

  /** A delivery that sends to its own source would go round for ever. */
  private static void checkNoCircle(JsonFields body, Source source) {
    for (String member : List.of("forward", "deadLetter")) {
      JsonFields destination = body.object(member);
      JsonNode queue = destination.node("queue");
      if (queue != null && queue.isTextual() && queue.textValue().equals(source.queueName())) {
        destination.reject("queue", "another queue than the source");
      }
    }
  }

  private void checkStyle(JsonFields body, Style style) {
    List<String> effects = List.of("sink", "forward", "handler");
    if (style == Style.PULL) { // forward is Combination's
      effects.stream()
          .filter(effect -> body.has(effect) && !effect.equals("forward"))
          .forEach(effect -> body.reject(effect, "not with style pull: the client does it"));
    } else if (effects.stream().noneMatch(body::has)) {
      violations.add(
          new Violation("sink", null, "push needs at least one of " + String.join(", ", effects)));
    }
  }

  private @Nullable Sink sink(JsonFields body, Source source) {
    JsonFields sink = body.object("sink");
    if (!sink.isPresent()) {
      return null;
    }
    sink.allow("database", "statements", "expectRows", "onNull");
    String database = sink.text("database");
    return new Sink(
        database == null ? NodeConfig.DEFAULT_DATABASE : database,
        statements(sink.texts("statements"), source, "sink.statements"),
        sink.flag("expectRows"),
        onNull(sink, source),
        formatOf(source));
  }

  private static Source.Format formatOf(Source source) {
    return source.group() == null ? Source.Format.TEXT : source.group().format();
  }

  private List<StatementTemplate> onNull(JsonFields sink, Source source) {
    if (!sink.has("onNull")) {
      return List.of();
    }
    if (!source.isPositioned()) {
      sink.reject(
          "onNull",
          "left out: only a record of a topic says by having no value that it is a deletion");
    }
    return statements(sink.texts("onNull"), source, "sink.onNull");
  }

  private List<StatementTemplate> statements(
      List<@Nullable String> texts, Source source, String member) {
    List<StatementTemplate> statements = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      try {
        if (text != null) {
          StatementTemplate statement = StatementTemplate.parse(text);
          statements.add(statement);
          checkParameters(statement, source, member + "[" + i + "]");
        }
      } catch (InvalidStatementException e) {
        violations.add(new Violation(member + "[" + i + "]", texts.get(i), e.getMessage()));
      }
    }
    return statements;
  }

  /** A parameter that messages of this source never have would be null, always. */
  private void checkParameters(StatementTemplate statement, Source source, String member) {
    Set<String> fields = statement.fields();
    fields.removeAll(FIELDS_OF_BYTES);
    if (formatOf(source) == Source.Format.BYTES && !fields.isEmpty()) {
      violations.add(
          new Violation(
              member,
              statement.sql(),
              "no field but :body and :key: with format bytes a record has no others"));
    }
    if (statement.isOfPartition() && !source.isPositioned()) {
      violations.add(
          new Violation(
              member,
              statement.sql(),
              "no parameter :kafka.partition, :kafka.offset or :kafka.timestamp: messages of this source have none"));
    }
  }

  private @Nullable HandlerCall handler(JsonFields body) {
    JsonFields handler = body.object("handler");
    if (!handler.isPresent()) {
      return null;
    }
    handler.allow("url", "timeout");
    URI url = handler.requiredHttpUrl("url", hosts);
    Duration timeout = handler.duration("timeout", Duration.ofSeconds(30), Duration.ofHours(1));
    return url == null ? null : new HandlerCall(url, timeout);
  }

  private Retry retry(JsonFields body) {
    JsonFields retry = body.object("retry");
    retry.allow("attempts", "delay");
    return new Retry(
        retry.integer("attempts", 5, 1, 10_000),
        retry.duration("delay", Duration.ofSeconds(1), LONGEST_DELAY));
  }

  private static @Nullable String queueOf(
      JsonFields body, String member, @Nullable String fallback) {
    JsonFields destination = body.object(member);
    if (!destination.isPresent()) {
      return fallback;
    }
    destination.allow("queue");
    return named(destination, "queue");
  }
}
