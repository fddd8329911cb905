/** One unit of work under two-phase commit, and the ports it stands on. */
@org.jspecify.annotations.NullMarked
package io.handfast.commit;
