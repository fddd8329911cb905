package io.handfast.it.resilience.crashpoint;

import java.util.ArrayList;
import java.util.List;

/** What happens from outside when a point is reached. */
enum Fault {
  COORDINATOR_KILLED("kill -9 coordinator"),
  BROKER_KILLED("kill -9 broker"),
  DATABASE_KILLED("kill -9 database"),
  CONNECTIONS_CUT("connections cut"),
  REPLY_LOST("reply lost"),
  /** Nothing: the point is what goes wrong. */
  NONE("nothing else");

  private final String title;

  Fault(String title) {
    this.title = title;
  }

  /** What can happen before a participant is asked for something. */
  static List<Fault> before(Next next) {
    List<Fault> faults =
        new ArrayList<>(
            List.of(COORDINATOR_KILLED, BROKER_KILLED, DATABASE_KILLED, CONNECTIONS_CUT));
    if (next != Next.NOTHING_SEEN) {
      faults.add(REPLY_LOST);
    }
    return faults;
  }

  /** The name of a server's kill. */
  static Fault killOf(String participant) {
    return participant.equals("broker") ? BROKER_KILLED : DATABASE_KILLED;
  }

  /** The heading of its column. */
  String title() {
    return title;
  }

  @Override
  public String toString() {
    return name().toLowerCase().replace('_', '-');
  }
}
