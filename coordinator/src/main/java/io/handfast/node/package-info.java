/** This coordinator among others: its name, its directory, and its participants. */
@org.jspecify.annotations.NullMarked
package io.handfast.node;
