package io.handfast.participant;

import org.jspecify.annotations.Nullable;

/** Another coordinator holds the node's name at a participant; asking again later is safe. */
public class NodeNameTakenException extends ParticipantUnavailableException {

  private static final long serialVersionUID = 1L;

  private final String holder;

  /**
   * A refusal.
   *
   * @param holder where the holder connects from and since when; null where that cannot be told
   */
  public NodeNameTakenException(String node, String participant, @Nullable String holder) {
    super(
        "the node name '%s' is held at %s by another coordinator%s"
            .formatted(node, participant, holder == null ? "" : ", " + holder),
        null);
    this.holder = holder == null ? participant : participant + ", " + holder;
  }

  /** At which participant the name is held and, as far as that can be told, by whom. */
  public String holder() {
    return holder;
  }
}
