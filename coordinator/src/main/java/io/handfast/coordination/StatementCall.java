package io.handfast.coordination;

import io.handfast.database.ParameterValues;
import io.handfast.database.StatementTemplate;
import java.util.List;

/**
 * A statement with its parameters, as a client wants it run.
 *
 * @param generatedKeys the columns whose generated values shall be told; empty for none
 * @param parameters one entry for each time that the statement shall run; at least one
 */
public record StatementCall(
    String database,
    StatementTemplate statement,
    List<ParameterValues> parameters,
    List<String> generatedKeys) {}
