/** What is going on now, sampled once for all who look. */
@org.jspecify.annotations.NullMarked
package io.handfast.live;
