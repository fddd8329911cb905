/** Messages, and the ports of what they come from: their sources, and brokers among them. */
@org.jspecify.annotations.NullMarked
package io.handfast.message;
