/** Atomikos as the engine of two-phase commit; no other package knows it. */
@org.jspecify.annotations.NullMarked
package io.handfast.atomikos;
