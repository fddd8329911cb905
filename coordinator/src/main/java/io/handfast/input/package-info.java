/** What people send, read with every violation found at once. */
@org.jspecify.annotations.NullMarked
package io.handfast.input;
