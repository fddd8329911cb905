package io.handfast.participant;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A fact that a participant reports about something that it holds prepared.
 *
 * @param xid the branch by {@link BranchText}, or the participant's own name for what is no branch
 * @param age for how long it has been prepared; null where the participant does not tell
 * @param detail for people, in the participant's words
 */
public record BranchFact(String xid, @Nullable Duration age, String detail) {}
