/** Transactions that clients fill and settle, call by call. */
@org.jspecify.annotations.NullMarked
package io.handfast.coordination;
