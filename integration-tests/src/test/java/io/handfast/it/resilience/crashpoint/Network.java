package io.handfast.it.resilience.crashpoint;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.TcpProxy;
import java.net.URI;
import java.sql.SQLException;

/** The coordinator's way to broker and database, which can be disturbed. */
final class Network {
  private static final String JDBC = "jdbc:";

  private final Broker broker;
  private final Database database;
  private final TcpProxy toBroker;
  private final TcpProxy toDatabase;

  Network(Scene scene) throws SQLException {
    broker = scene.artemis().address();
    database = scene.database();
    toBroker = scene.closing(new TcpProxy(URI.create(broker.url()).getPort()));
    toDatabase = scene.closing(new TcpProxy(address(database).getPort()));
  }

  private static URI address(Database database) {
    return URI.create(database.url().substring(JDBC.length()));
  }

  /** The broker as the coordinator reaches it. */
  Broker broker() {
    String url = "tcp://127.0.0.1:%d?useTopologyForLoadBalancing=false".formatted(toBroker.port());
    return new Broker(url, broker.username(), broker.password());
  }

  /** The database as the coordinator reaches it. */
  Database database() {
    String path = address(database).getPath();
    String url = "jdbc:postgresql://127.0.0.1:%d%s".formatted(toDatabase.port(), path);
    return new Database(url, database.username(), database.password());
  }

  TcpProxy to(String participant) {
    return participant.equals("broker") ? toBroker : toDatabase;
  }

  /** Resets every connection. */
  void cut() {
    toBroker.cut();
    toDatabase.cut();
  }
}
