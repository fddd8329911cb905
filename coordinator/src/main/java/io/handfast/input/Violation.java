package io.handfast.input;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with an input.
 *
 * @param field where, as a path such as {@code sink.statements[0]}
 * @param value what was given, shortened; null where nothing was
 * @param rule what would have been right
 */
public record Violation(String field, @Nullable String value, String rule) {}
