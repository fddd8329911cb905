package io.handfast.simulation;

/** What can become of a connection to a participant. */
interface Connection {

  /** The participant knows that it is gone: it undoes what is not prepared. */
  void cut();

  /** Its user has lost it, and the participant does not know yet. */
  void leave();
}
