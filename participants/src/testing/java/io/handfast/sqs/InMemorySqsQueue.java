package io.handfast.sqs;

import io.handfast.participant.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/** A queue of SQS in memory. Its owner guards it against two threads. */
final class InMemorySqsQueue {

  private static final long REMEMBERED = Duration.ofMinutes(5).toMillis();

  /** A message in its place. */
  private static final class Place {

    private final String id;
    private final String body;
    private final Map<String, MessageAttributeValue> attributes;
    private final Map<MessageSystemAttributeName, String> system;
    private final @Nullable String group;
    private @Nullable String receipt;
    private long hiddenUntil;
    private int receives;

    private Place(
        String id, SendMessageRequest sent, Map<MessageSystemAttributeName, String> system) {
      this.id = id;
      this.body = sent.messageBody();
      this.attributes = sent.messageAttributes();
      this.group = sent.messageGroupId();
      this.system = system;
    }
  }

  /** What an answer to a receive was, which a repeated one is too. */
  private record Answer(List<String> receipts, long at) {}

  private final String name;
  private final Map<String, String> attributes;
  private final Function<String, @Nullable InMemorySqsQueue> others;
  private final List<Place> places = new ArrayList<>();
  private final Map<String, Place> handedOut = new HashMap<>();
  private final Map<String, Long> remembered = new HashMap<>();
  private final Map<String, String> ids = new HashMap<>();
  private final Map<String, Answer> answers = new HashMap<>();
  private long numbers;

  InMemorySqsQueue(
      String name,
      Map<String, String> attributes,
      Function<String, @Nullable InMemorySqsQueue> others) {
    this.name = name;
    this.attributes = Map.copyOf(attributes);
    this.others = others;
  }

  private boolean isOrdered() {
    return SqsQueue.isOrdered(name);
  }

  List<String> bodies() {
    return places.stream().map(place -> place.body).toList();
  }

  Map<String, String> attributes(long now) {
    Map<String, String> all = new HashMap<>(attributes);
    long hidden = places.stream().filter(place -> place.hiddenUntil > now).count();
    all.put("ApproximateNumberOfMessages", String.valueOf(places.size() - hidden));
    all.put("ApproximateNumberOfMessagesNotVisible", String.valueOf(hidden));
    return all;
  }

  /** Adds a message, unless its deduplication id is remembered; returns its id. */
  String send(SendMessageRequest sent, long now) {
    Map<MessageSystemAttributeName, String> system = new HashMap<>();
    system.put(MessageSystemAttributeName.SENT_TIMESTAMP, String.valueOf(now));
    String id = name + "-" + ++numbers;
    if (isOrdered()) {
      String given = deduplicationId(sent);
      boolean isOfGroup = "messageGroup".equals(attributes.get("DeduplicationScope"));
      String key = isOfGroup ? sent.messageGroupId() + "/" + given : given;
      if (remembered.containsKey(key) && remembered.get(key) + REMEMBERED > now) {
        return String.valueOf(ids.get(key));
      }
      remembered.put(key, now);
      ids.put(key, id);
      system.put(MessageSystemAttributeName.MESSAGE_GROUP_ID, sent.messageGroupId());
      system.put(MessageSystemAttributeName.MESSAGE_DEDUPLICATION_ID, given);
      system.put(MessageSystemAttributeName.SEQUENCE_NUMBER, "%020d".formatted(numbers));
    }
    places.add(new Place(id, sent, system));
    return id;
  }

  private String deduplicationId(SendMessageRequest sent) {
    if (sent.messageDeduplicationId() != null) {
      return sent.messageDeduplicationId();
    }
    if (!Boolean.parseBoolean(attributes.get("ContentBasedDeduplication"))) {
      throw InMemorySqs.refused("InvalidParameterValue", "no MessageDeduplicationId");
    }
    return HexFormat.of().formatHex(Sha256.of(sent.messageBody().getBytes(StandardCharsets.UTF_8)));
  }

  /** Hands messages out; the same again to a request that is repeated. */
  List<Message> receive(ReceiveMessageRequest request, long now) {
    long until = now + 1_000L * request.visibilityTimeout();
    List<Place> found = again(request.receiveRequestAttemptId(), now);
    if (found.isEmpty()) {
      int max = request.maxNumberOfMessages() == null ? 1 : request.maxNumberOfMessages();
      found = take(max, now);
    }
    found.forEach(place -> place.hiddenUntil = until);
    if (isOrdered() && request.receiveRequestAttemptId() != null && !found.isEmpty()) {
      List<String> receipts = found.stream().map(place -> String.valueOf(place.receipt)).toList();
      answers.put(request.receiveRequestAttemptId(), new Answer(receipts, now));
    }
    return found.stream().map(InMemorySqsQueue::message).toList();
  }

  private List<Place> again(@Nullable String attempt, long now) {
    Answer answer = answers.get(String.valueOf(attempt));
    if (answer == null || answer.at + REMEMBERED < now) {
      return List.of();
    }
    List<Place> same = new ArrayList<>();
    for (String receipt : answer.receipts) {
      Place place = handedOut.get(receipt);
      boolean isAsItWas = place != null && receipt.equals(place.receipt) && place.hiddenUntil > now;
      if (!isAsItWas) {
        return List.of();
      }
      same.add(place);
    }
    return same;
  }

  private List<Place> take(int max, long now) {
    Set<String> inFlight = new HashSet<>();
    for (Place place : places) {
      if (isOrdered() && place.hiddenUntil > now) {
        inFlight.add(String.valueOf(place.group));
      }
    }
    List<Place> taken = new ArrayList<>();
    for (Place place : byGroups()) {
      boolean isFree = place.hiddenUntil <= now && !inFlight.contains(String.valueOf(place.group));
      if (isFree && taken.size() < max && !hasMovedAside(place)) {
        place.receipt = name + "#" + ++numbers;
        place.receives++;
        handedOut.put(place.receipt, place);
        taken.add(place);
      }
    }
    return taken;
  }

  /** As many as possible of one group, then of the next one, as SQS says that it does. */
  private List<Place> byGroups() {
    Map<String, List<Place>> groups = new LinkedHashMap<>();
    for (Place place : places) {
      String group = isOrdered() ? String.valueOf(place.group) : place.id;
      groups.computeIfAbsent(group, any -> new ArrayList<>()).add(place);
    }
    return groups.values().stream().flatMap(List::stream).toList();
  }

  /** Its redrive policy as a text has the target first, and then the count. */
  private boolean hasMovedAside(Place place) {
    String policy = attributes.getOrDefault("RedrivePolicy", "");
    if (policy.isEmpty()) {
      return false;
    }
    int receives = Integer.parseInt(policy.replaceAll("(?s).*maxReceiveCount\\D*(\\d+).*", "$1"));
    String target = policy.replaceAll("(?s).*deadLetterTargetArn[^,}]*:([\\w.-]+)\".*", "$1");
    InMemorySqsQueue dead = others.apply(target);
    if (place.receives < receives || dead == null) {
      return false;
    }
    places.remove(place);
    dead.places.add(place);
    return true;
  }

  private static Message message(Place place) {
    Map<MessageSystemAttributeName, String> system = new HashMap<>(place.system);
    system.put(
        MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, String.valueOf(place.receives));
    return Message.builder()
        .messageId(place.id)
        .receiptHandle(place.receipt)
        .body(place.body)
        .attributes(system)
        .messageAttributes(place.attributes)
        .build();
  }

  /** Deletes a message; returns why not, or null. */
  @Nullable String delete(String receipt, long now) {
    Place place = handedOut.get(receipt);
    if (place == null || !places.contains(place)) {
      return null; // deleted before
    }
    boolean isOwn = receipt.equals(place.receipt);
    if (isOrdered() && (!isOwn || place.hiddenUntil <= now)) {
      return "The receipt handle has expired";
    }
    if (isOwn) { // a queue without an order says yes to an old receipt, and keeps the message
      places.remove(place);
    }
    return null;
  }

  /** Hides a message from others for a time from now on; returns why not, or null. */
  @Nullable String hide(String receipt, int seconds, long now) {
    Place place = handedOut.get(receipt);
    boolean isOwn =
        place != null
            && places.contains(place)
            && receipt.equals(place.receipt)
            && place.hiddenUntil > now;
    if (!isOwn) {
      return "Message does not exist or is not available for visibility timeout change";
    }
    place.hiddenUntil = now + 1_000L * seconds;
    return null;
  }
}
