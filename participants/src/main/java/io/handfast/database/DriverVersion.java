package io.handfast.database;

/**
 * The version of a JDBC driver.
 *
 * @param scheme how the JDBC URLs of its databases begin
 * @param present the one that is on the class path now
 * @param builtWith the one that Handfast was built and tested with
 */
public record DriverVersion(String scheme, String present, String builtWith) {

  /** The PostgreSQL driver's version. */
  public static DriverVersion postgresql() {
    return new PostgresDialect().driver();
  }

  /** H2's version. */
  public static DriverVersion h2() {
    return new H2Dialect().driver();
  }
}
