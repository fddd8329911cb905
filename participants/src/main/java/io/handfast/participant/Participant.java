package io.handfast.participant;

/**
 * A resource manager that takes part in distributed transactions under a stable name.
 *
 * <p>The name is written into every branch id, so that recovery finds the owner of a branch long
 * after the connection that prepared it is gone. Implementations are safe for use by many threads.
 */
public interface Participant {

  /**
   * The name in branch ids, log and API: {@code broker}, {@code database}, {@code database:name}.
   */
  String name();

  /**
   * Opens a connection of its own on which prepared branches can be listed and resolved.
   *
   * @throws ParticipantUnavailableException the resource manager cannot be reached; ask again later
   */
  RecoverySession openForRecovery() throws ParticipantUnavailableException;

  /**
   * Holds a node's name against every other coordinator of that name.
   *
   * @throws NodeNameTakenException another coordinator holds it; ask again later
   * @throws ParticipantUnavailableException the resource manager cannot be reached; ask again later
   */
  Fence claim(String node) throws NodeNameTakenException, ParticipantUnavailableException;
}
