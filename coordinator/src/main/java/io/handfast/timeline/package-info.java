/** The timelines of single transactions, step by step, for as long as memory is kept of them. */
@org.jspecify.annotations.NullMarked
package io.handfast.timeline;
