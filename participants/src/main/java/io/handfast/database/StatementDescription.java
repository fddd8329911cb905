package io.handfast.database;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a database reports about a statement that it prepared: parameter types.
 *
 * @param refusal why it must not be used; null where it may
 * @param targets what it asks for at each parameter, in order
 */
record StatementDescription(@Nullable String refusal, List<ParameterTarget> targets) {

  static StatementDescription refused(String reason) {
    return new StatementDescription(reason, List.of());
  }

  /** A statement whose parameters take any value. */
  static StatementDescription open(StatementTemplate statement) {
    return new StatementDescription(
        null, Collections.nCopies(statement.parameters().size(), ParameterTarget.OPEN));
  }
}
