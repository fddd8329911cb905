/** Who may call what, from where, and how large a request may be. */
@org.jspecify.annotations.NullMarked
package io.handfast.access;
