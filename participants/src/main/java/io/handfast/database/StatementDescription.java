package io.handfast.database;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a database reports about a statement that it prepared: parameter types, and whether the
 * statements of many messages can be one.
 *
 * @param refusal why it must not be used; null where it may
 * @param targets what it asks for at each parameter, in order
 * @param isPlain whether it can do nothing but change rows at once, or fail: no trigger, rule or
 *     check that waits for the end belongs to it
 * @param joined what does for many messages what the statement does for one after the other, with
 *     all their values at each parameter; null where nothing does
 */
record StatementDescription(
    @Nullable String refusal,
    List<ParameterTarget> targets,
    boolean isPlain,
    @Nullable String joined) {

  StatementDescription(@Nullable String refusal, List<ParameterTarget> targets) {
    this(refusal, targets, false, null);
  }

  static StatementDescription refused(String reason) {
    return new StatementDescription(reason, List.of());
  }

  /** A statement whose parameters take any value. */
  static StatementDescription open(StatementTemplate statement) {
    return new StatementDescription(
        null, Collections.nCopies(statement.parameters().size(), ParameterTarget.OPEN));
  }
}
