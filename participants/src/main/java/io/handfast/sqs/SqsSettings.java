package io.handfast.sqs;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where SQS is; what is missing comes from the chain of the SDK: environment, profile, container.
 *
 * @param endpoint the address of what speaks the protocol of SQS; null for Amazon's of the region
 * @param region such as {@code eu-central-1}; null where the chain knows it
 */
public record SqsSettings(@Nullable URI endpoint, @Nullable String region) {

  /** Where it is, for people. */
  String place() {
    if (endpoint != null) {
      return endpoint.toString();
    }
    return region == null ? "the region of the environment" : "region " + region;
  }
}
