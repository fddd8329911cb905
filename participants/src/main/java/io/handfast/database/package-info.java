/**
 * The database side of a transaction: SQL statements applied to a relational database, in a branch
 * or in a local transaction, with the differences between vendors in one small class for each.
 */
@org.jspecify.annotations.NullMarked
package io.handfast.database;
