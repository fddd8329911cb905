/** A node that leaves for good: what it still owes, and when nobody needs its volume any more. */
@org.jspecify.annotations.NullMarked
package io.handfast.drain;
