package io.handfast.sqs;

import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerException;
import io.handfast.message.TargetRefusedException;
import io.handfast.participant.Secrets;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Says in Handfast's words what failures of SQS and of its client mean, and what to do. */
final class SqsFailures {

  private static final Set<String> NO_QUEUE =
      Set.of(
          "QueueDoesNotExist",
          "AWS.SimpleQueueService.NonExistentQueue",
          "AWS.SimpleQueueService.QueueDeletedRecently",
          "QueueDeletedRecently");

  private static final Set<String> NO_RIGHT =
      Set.of("AccessDenied", "AccessDeniedException", "AuthorizationError", "NotAuthorized");

  private static final Set<String> NO_CREDENTIALS =
      Set.of(
          "InvalidClientTokenId",
          "InvalidAccessKeyId",
          "UnrecognizedClientException",
          "MissingAuthenticationToken",
          "MissingAuthenticationTokenException",
          "SignatureDoesNotMatch",
          "InvalidSignatureException",
          "IncompleteSignature",
          "IncompleteSignatureException",
          "InvalidSecurity",
          "OptInRequired");

  private static final Set<String> EXPIRED =
      Set.of("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired");

  private static final Set<String> CLOCK =
      Set.of("RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture");

  private static final Set<String> THROTTLED =
      Set.of(
          "Throttling",
          "ThrottlingException",
          "ThrottledException",
          "RequestThrottled",
          "RequestThrottledException",
          "RequestLimitExceeded",
          "TooManyRequestsException",
          "KmsThrottled",
          "KMS.ThrottlingException");

  private static final Set<String> LEASE_ENDED =
      Set.of(
          "ReceiptHandleIsInvalid",
          "MessageNotInflight",
          "AWS.SimpleQueueService.MessageNotInflight");

  /** From this HTTP status on an answer tells of trouble that ends by itself. */
  private static final int UNAVAILABLE = 500;

  private final String place;

  SqsFailures(String place) {
    this.place = place;
  }

  /**
   * What a failure stands for.
   *
   * @param action what was asked for, by the name of the right to it
   */
  BrokerException of(RuntimeException failure, String action, String queue) {
    BrokerException said = said(failure, action, queue);
    said.addSuppressed(failure); // as a cause, its words would be told in the place of these
    return said;
  }

  private BrokerException said(RuntimeException failure, String action, String queue) {
    if (failure instanceof AwsServiceException answer && codeOf(answer) != null) {
      return ofAnswer(answer, String.valueOf(codeOf(answer)), action, queue);
    }
    if (failure instanceof AwsServiceException answer && answer.statusCode() >= UNAVAILABLE) {
      return new BrokerException(
          "SQS at %s is not available (HTTP status %d, of it or of a proxy on the way)"
              .formatted(place, answer.statusCode()));
    }
    if (failure instanceof AwsServiceException answer) {
      return new BrokerException(
          "what answers at %s is not SQS, such as a proxy (HTTP status %d); correct handfast.sqs.endpoint, or let the proxy pass it"
              .formatted(place, answer.statusCode()));
    }
    return new BrokerException(Secrets.hidden(textOf(failure, action)));
  }

  /** The code of an answer of SQS; null of what is none. */
  private static @Nullable String codeOf(AwsServiceException answer) {
    String code = answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorCode();
    if (code == null || code.isBlank()) {
      return null;
    }
    String plain = code.startsWith("com.amazonaws.sqs#") ? code.substring(18) : code;
    return plain.endsWith("Exception") && plain.startsWith("Kms")
        ? plain.substring(0, plain.length() - "Exception".length())
        : plain;
  }

  private BrokerException ofAnswer(
      AwsServiceException answer, String code, String action, String queue) {
    String words = wordsOf(answer);
    if (NO_QUEUE.contains(code)) {
      return new TargetRefusedException(
          queue,
          "a queue of the account at "
              + place
              + ", which has none of this name; name one of another account by its URL");
    }
    if (code.equals("InvalidAddress")) {
      return new TargetRefusedException(
          queue,
          "a queue at "
              + place
              + ", which its URL is not of; set handfast.sqs.region to the region of the URL, or name a queue of that place: "
              + words);
    }
    if (isLeaseEnded(code, words)) {
      return new BrokerException(leaseEnded(queue));
    }
    if (code.equals("KmsAccessDenied") || code.equals("KMS.AccessDeniedException")) {
      return refused("this node lacks kms:Decrypt on the key of queue " + queue, words);
    }
    if (NO_RIGHT.contains(code)) {
      return refused(
          "this node lacks the right sqs:%s on queue %s".formatted(action, queue), words);
    }
    if (isOfClock(code, words)) {
      return new BrokerException(
          "the clock of this machine is not that of SQS, which takes no request that is some minutes old; set it: "
              + words);
    }
    if (NO_CREDENTIALS.contains(code)) {
      return refused("SQS does not know the credentials of this node", words);
    }
    return new BrokerException(textOf(code, words, queue));
  }

  private static String wordsOf(AwsServiceException answer) {
    String words = answer.awsErrorDetails().errorMessage();
    return Secrets.hidden(words == null ? answer.awsErrorDetails().errorCode() : words);
  }

  private static boolean isOfClock(String code, String words) {
    return CLOCK.contains(code)
        || NO_CREDENTIALS.contains(code) && words.contains("Signature expired");
  }

  private static String textOf(String code, String words, String queue) {
    if (EXPIRED.contains(code)) {
      return "the credentials of this node have expired; those of a role are renewed by themselves, others must be set anew: "
          + words;
    }
    if (THROTTLED.contains(code)) {
      return "SQS asks for fewer requests (%s); they are repeated later: %s".formatted(code, words);
    }
    if (code.equals("OverLimit")) {
      return "queue %s has as many messages in flight as SQS allows; it gives more once some are deleted: %s"
          .formatted(queue, words);
    }
    if (code.startsWith("Kms") || code.startsWith("KMS.")) {
      return "the key that encrypts queue %s cannot be used (%s); enable it in KMS: %s"
          .formatted(queue, code, words);
    }
    if (code.contains("PurgeQueueInProgress")) {
      return "queue %s is being purged, which takes up to a minute".formatted(queue);
    }
    return "SQS refused (%s): %s".formatted(code, words);
  }

  /** Whether an answer about one message says that it is another's by now. */
  static boolean isLeaseEnded(@Nullable String code, @Nullable String words) {
    String said = String.valueOf(words);
    return LEASE_ENDED.contains(String.valueOf(code))
        || "InvalidParameterValue".equals(code)
            && (said.contains("receipt handle has expired")
                || said.contains("ReceiptHandle")
                || said.contains("not available for visibility timeout change"));
  }

  static String leaseEnded(String queue) {
    return "the lease of a message of queue %s has ended: this node stood still, or SQS was unreachable, for longer than the lease; the message comes again; where this repeats, look for pauses of this machine and for losses on its way to SQS"
        .formatted(queue);
  }

  private String textOf(RuntimeException failure, String action) {
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException) {
      return "SQS at %s does not answer in time (%s)".formatted(place, action);
    }
    String words = String.valueOf(failure.getMessage());
    if (words.contains("Unable to load credentials")) {
      return "no credentials for SQS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this node a role (profile, container, web identity, instance): "
          + words;
    }
    if (words.contains("Unable to load region") || words.contains("No region was configured")) {
      return "no region for SQS: set handfast.sqs.region, or AWS_REGION";
    }
    Throwable root = rootOf(failure);
    if (root instanceof UnknownHostException) {
      return "SQS at %s is unreachable: no host %s; correct handfast.sqs.endpoint or .region"
          .formatted(place, root.getMessage());
    }
    if (root instanceof ConnectException || root instanceof SocketException) {
      return "SQS at %s is unreachable: %s".formatted(place, root.getMessage());
    }
    if (root instanceof SSLException) {
      return "no TLS with SQS at %s: %s".formatted(place, root.getMessage());
    }
    boolean isUnread =
        failure instanceof SdkClientException && words.contains("Unable to unmarshall");
    return isUnread
        ? "what answers at %s is not SQS, such as a proxy; correct handfast.sqs.endpoint: %s"
            .formatted(place, root.getMessage())
        : "the client of SQS failed: %s".formatted(words);
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static BrokerException refused(String what, String words) {
    return new BrokerAccessException(SdkClientException.create("%s: %s".formatted(what, words)));
  }
}
