package io.handfast.database;

import org.h2.engine.Constants;
import org.postgresql.Driver;
import org.postgresql.util.DriverInfo;

/**
 * The version of a driver.
 *
 * @param present the one that is on the class path now
 * @param builtWith the one that Handfast was built and tested with
 */
public record DriverVersion(String present, String builtWith) {

  // The compiler copies a constant, which so tells what was there when Handfast was built; a
  // method,
  // or a field that is not a constant, tells what is there now.

  /** The PostgreSQL driver's version. */
  public static DriverVersion postgresql() {
    String name = Driver.getVersion();
    return new DriverVersion(name.substring(name.lastIndexOf(' ') + 1), DriverInfo.DRIVER_VERSION);
  }

  /** H2's version. */
  public static DriverVersion h2() {
    String builtWith =
        Constants.VERSION_MAJOR + "." + Constants.VERSION_MINOR + "." + Constants.BUILD_ID;
    return new DriverVersion(Constants.VERSION, builtWith);
  }
}
