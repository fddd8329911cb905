package io.handfast.message;

import java.time.Duration;
import java.util.List;

/**
 * What a source says of a topic, and of the consumers that share its partitions.
 *
 * @param partitions how many the topic has
 * @param foreign the members of the group that are not Handfast's, as an operator finds them
 * @param lacking the rights that this node's user lacks; empty also where the source does not say
 * @param longestUnit how long a consumer may work on what it has received; then the group gives its
 *     partitions to others
 */
public record GroupState(
    int partitions, List<String> foreign, List<String> lacking, Duration longestUnit) {}
