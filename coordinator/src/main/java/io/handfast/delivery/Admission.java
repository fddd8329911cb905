package io.handfast.delivery;

import io.handfast.database.Database;
import io.handfast.input.Violation;
import java.sql.SQLException;
import java.util.List;

/** Decides which deliveries may run, and is told when deliveries have changed. */
public interface Admission {

  /** Lets every delivery work. */
  Admission ALL =
      new Admission() {
        @Override
        public List<Violation> violations(
            String name, DeliverySpecification specification, Database database) {
          return List.of();
        }

        @Override
        public void changed() {}
      };

  /**
   * What forbids a delivery to write to its database.
   *
   * @throws SQLException the database cannot be asked now
   */
  List<Violation> violations(String name, DeliverySpecification specification, Database database)
      throws SQLException;

  /** A delivery was created, replaced, resumed or deleted. Returns at once. */
  void changed();
}
