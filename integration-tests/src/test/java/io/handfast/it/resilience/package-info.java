/**
 * What is killed, cut off, stopped or told lies, and what becomes of the messages then. {@code
 * verify} plays a sample; the profile {@code torture} plays all of it.
 */
package io.handfast.it.resilience;
