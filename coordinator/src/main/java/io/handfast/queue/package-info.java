/** Queues for people and scripts that have no JMS client. */
@org.jspecify.annotations.NullMarked
package io.handfast.queue;
