/** Units of work, and the protocols that settle them. */
@org.jspecify.annotations.NullMarked
package io.handfast.commit;
