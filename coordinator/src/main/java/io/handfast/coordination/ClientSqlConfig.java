package io.handfast.coordination;

import io.smallrye.config.ConfigMapping;
import java.util.Map;
import java.util.Optional;

/** Configuration of the statements that clients may run. */
@ConfigMapping(prefix = "handfast")
public interface ClientSqlConfig {

  /**
   * Whether clients may send SQL of their own; true in the embedded run and false otherwise. Who
   * may call this service can then do what the database user can.
   */
  Optional<Boolean> clientSql();

  /** Statements that clients call by name. */
  Map<String, String> statements();
}
