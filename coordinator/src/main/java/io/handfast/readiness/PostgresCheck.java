package io.handfast.readiness;

import io.handfast.database.ServerSettings;
import io.handfast.node.Participants;
import java.util.ArrayList;
import java.util.List;

/** A check of what a PostgreSQL server is set to, one server at a time. */
interface PostgresCheck extends Check {

  @Override
  default Asks asks() {
    return Asks.DATABASES;
  }

  @Override
  default List<Finding> findings(Known known) {
    List<Finding> findings = new ArrayList<>();
    known
        .databases()
        .forEach(
            (name, database) -> {
              ServerSettings server = database.server();
              if (server != null) {
                findings.addAll(findings(name, server, known));
              }
            });
    return findings;
  }

  /**
   * What is wrong with one server.
   *
   * @param database the name that the configuration has for the database
   */
  List<Finding> findings(String database, ServerSettings server, Known known);

  /** Where a finding was made, as people and log know it. */
  default String at(String database) {
    return " at " + Participants.participantName(database);
  }
}
