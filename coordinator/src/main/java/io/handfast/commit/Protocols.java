package io.handfast.commit;

/** The protocols that settle units with a prepared branch. */
public record Protocols(TwoPhaseCommit twoPhaseCommit, LocalCommit localCommit) {}
