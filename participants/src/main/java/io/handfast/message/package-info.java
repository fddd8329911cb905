/** The broker's part in a unit of work: receiving, sending, and the branch that holds both. */
@org.jspecify.annotations.NullMarked
package io.handfast.message;
