/**
 * Apache Artemis behind the ports of {@link io.handfast.message}: nothing else knows its classes,
 * nor those of JMS.
 */
@org.jspecify.annotations.NullMarked
package io.handfast.artemis;
