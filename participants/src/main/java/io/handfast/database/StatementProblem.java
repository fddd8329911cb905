package io.handfast.database;

/**
 * A statement that the database cannot prepare.
 *
 * @param index the position of the statement in the list that was verified
 * @param reason what the database says about it
 */
public record StatementProblem(int index, String reason) {}
