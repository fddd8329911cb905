/** The words that all packages use: a transaction's id, how it ended, and why a call is refused. */
@org.jspecify.annotations.NullMarked
package io.handfast.transaction;
