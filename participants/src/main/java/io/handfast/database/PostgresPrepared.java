package io.handfast.database;

import io.handfast.participant.BranchFact;
import io.handfast.participant.BranchText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PostgreSQL's own list of what is prepared in a database, branches of a driver or not. */
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
    Matcher branch = BRANCH.matcher(gid);
    if (!branch.matches()) {
      return gid;
    }
    try {
      Base64.Decoder base64 = Base64.getDecoder();
      return BranchText.of(
          new PlainXid(
              Integer.parseInt(branch.group(1)),
              base64.decode(branch.group(2)),
              base64.decode(branch.group(3))));
    } catch (IllegalArgumentException e) {
      return gid; // only looks like one
    }
  }
}
