/** The durable record of commit decisions, the only thing that says committed. */
@org.jspecify.annotations.NullMarked
package io.handfast.log;
