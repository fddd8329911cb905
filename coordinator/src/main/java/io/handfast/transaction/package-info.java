/** The words that everybody uses for a transaction: its id and how it ended. */
@org.jspecify.annotations.NullMarked
package io.handfast.transaction;
