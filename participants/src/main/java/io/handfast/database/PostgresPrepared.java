package io.handfast.database;

import io.handfast.participant.BranchFact;
import io.handfast.participant.BranchText;
import io.handfast.participant.ForwardingXaResource;
import io.handfast.participant.PlainXid;
import io.handfast.participant.XaFailures;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** Reads PostgreSQL's list of prepared transactions in a database. */
final class PostgresPrepared {

  /** How the driver writes a branch's id: {@code formatId_base64Gtrid_base64Bqual}. */
  private static final Pattern BRANCH =
      Pattern.compile("(-?\\d{1,10})_([A-Za-z0-9+/]*={0,2})_([A-Za-z0-9+/]*={0,2})");

  private static final String LIST =
      """
      SELECT gid, extract(epoch FROM clock_timestamp() - prepared) AS seconds, owner, prepared
        FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared, gid
      """;

  private PostgresPrepared() {}

  /**
   * A resource that lists the branches of all roles. The driver's own (42.7.14) lists those of
   * roles that the user is a member of: after a change of users a branch would seem to have ended.
   */
  static XAResource unfiltered(XAResource resource, Connection connection) {
    return new ForwardingXaResource<>(resource) {

      @Override
      public Xid[] recover(int flag) throws XAException {
        try {
          return (flag & TMSTARTRSCAN) == 0 ? new Xid[0] : branches(connection);
        } catch (SQLException e) {
          throw XaFailures.of(XAException.XAER_RMERR, "pg_prepared_xacts: " + e.getMessage(), e);
        }
      }
    };
  }

  private static Xid[] branches(Connection connection) throws SQLException {
    List<Xid> branches = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(LIST)) {
      while (row.next()) {
        branchOf(row.getString("gid")).ifPresent(branches::add);
      }
    }
    return branches.toArray(Xid[]::new);
  }

  static List<BranchFact> list(Connection connection) throws SQLException {
    List<BranchFact> facts = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(LIST)) {
      while (row.next()) {
        facts.add(
            new BranchFact(
                textOf(row.getString("gid")),
                Duration.ofMillis((long) (row.getDouble("seconds") * 1_000)),
                "gid '%s', since %s by the database's clock, owner %s"
                    .formatted(
                        row.getString("gid"), row.getString("prepared"), row.getString("owner"))));
      }
    }
    return facts;
  }

  private static String textOf(String gid) {
    return branchOf(gid).map(BranchText::of).orElse(gid);
  }

  /** The branch of a driver's id; empty where it is none. */
  private static Optional<Xid> branchOf(String gid) {
    Matcher branch = BRANCH.matcher(gid);
    if (!branch.matches()) {
      return Optional.empty();
    }
    try {
      Base64.Decoder base64 = Base64.getDecoder();
      return Optional.of(
          new PlainXid(
              Integer.parseInt(branch.group(1)),
              base64.decode(branch.group(2)),
              base64.decode(branch.group(3))));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // only looks like one
    }
  }
}
