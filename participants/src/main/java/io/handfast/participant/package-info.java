/** The port between a transaction and the things that take part in it. */
@org.jspecify.annotations.NullMarked
package io.handfast.participant;
