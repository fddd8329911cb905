/** Refuse to start unsafe. */
@org.jspecify.annotations.NullMarked
package io.handfast.readiness;
