package io.handfast.delivery;

import io.handfast.coordination.ClientTransaction;
import io.handfast.message.Message;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one pull, and the transaction that settles them.
 *
 * @param transaction settles the messages; null where they are settled already, or none came
 * @param messages in order; empty where none came in time
 * @param attempt how many times a message was tried, this time included
 */
public record PulledMessages(
    @Nullable ClientTransaction transaction,
    List<Message> messages,
    ToIntFunction<Message> attempt) {}
