/** A node that leaves for good: what is left to do, and when its volume may be deleted. */
@org.jspecify.annotations.NullMarked
package io.handfast.drain;
