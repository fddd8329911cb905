package io.handfast.it.resilience.transfer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service that takes part in transactions: a plain HTTP server, a table, and PostgreSQL's {@code
 * PREPARE TRANSACTION}. It knows nothing of Handfast but three calls and a header.
 *
 * <p>What it has not prepared goes with its process; what it has prepared is in the database, so
 * that it needs to remember nothing.
 */
public final class BankService {
  private static final Pattern DEPOSIT =
      Pattern.compile("\\{\"transaction\":\"([\\w.-]+)\",\"id\":(\\d+),\"amount\":(\\d+)}");

  private final String url;
  private final String user;
  private final String password;
  private final Map<String, Connection> open = new ConcurrentHashMap<>();

  private BankService(String url, String user, String password) {
    this.url = url;
    this.user = user;
    this.password = password;
  }

  /** Arguments: port, and the URL, user and password of the database. */
  public static void main(String... arguments) throws IOException {
    BankService bank = new BankService(arguments[1], arguments[2], arguments[3]);
    int port = Integer.parseInt(arguments[0]);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/deposits", exchange -> bank.answer(exchange, bank::deposit));
    server.createContext("/tx/prepare", exchange -> bank.answer(exchange, bank::prepare));
    server.createContext("/tx/commit", exchange -> bank.answer(exchange, bank::commit));
    server.createContext("/tx/rollback", exchange -> bank.answer(exchange, bank::rollback));
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
  }

  private interface Call {
    String on(String transaction, String body) throws SQLException;
  }

  private void answer(HttpExchange exchange, Call call) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String transaction = exchange.getRequestHeaders().getFirst("Handfast-Transaction");
    int status = 200;
    String reply;
    try {
      reply = call.on(transaction, body);
    } catch (SQLException | RuntimeException e) {
      status = 503; // ask again: the database is away
      reply = String.valueOf(e.getMessage());
    }
    byte[] bytes = reply.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** The work of the service: done in a database transaction of its own, and left open. */
  private String deposit(String unused, String body) throws SQLException {
    Matcher deposit = DEPOSIT.matcher(body);
    if (!deposit.matches()) {
      throw new IllegalArgumentException(body);
    }
    Connection connection = connect();
    connection.setAutoCommit(false);
    try (PreparedStatement row =
        connection.prepareStatement("INSERT INTO deposit(id, amount) VALUES (?, ?)")) {
      row.setLong(1, Long.parseLong(deposit.group(2)));
      row.setLong(2, Long.parseLong(deposit.group(3)));
      row.executeUpdate();
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    open.put(deposit.group(1), connection);
    return "{}";
  }

  private String prepare(String transaction, String unused) throws SQLException {
    Connection connection = open.remove(transaction);
    if (connection == null) {
      return isPrepared(transaction) ? "{\"vote\":\"commit\"}" : "{\"vote\":\"rollback\"}";
    }
    try (connection;
        Statement statement = connection.createStatement()) {
      statement.execute("PREPARE TRANSACTION '" + transaction + "'");
    }
    return "{\"vote\":\"commit\"}";
  }

  private String commit(String transaction, String unused) throws SQLException {
    if (isPrepared(transaction)) {
      end("COMMIT PREPARED", transaction);
    }
    return "{}";
  }

  private String rollback(String transaction, String unused) throws SQLException {
    Connection connection = open.remove(transaction);
    if (connection != null) {
      connection.close();
    }
    if (isPrepared(transaction)) {
      end("ROLLBACK PREPARED", transaction);
    }
    return "{}";
  }

  private void end(String how, String transaction) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(how + " '" + transaction + "'");
    }
  }

  private boolean isPrepared(String transaction) throws SQLException {
    try (Connection connection = connect();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT 1 FROM pg_prepared_xacts WHERE gid = ? AND database = current_database()")) {
      query.setString(1, transaction);
      try (ResultSet row = query.executeQuery()) {
        return row.next();
      }
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }
}
