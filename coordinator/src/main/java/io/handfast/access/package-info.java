/** Who may call what, and from where. */
@org.jspecify.annotations.NullMarked
package io.handfast.access;
