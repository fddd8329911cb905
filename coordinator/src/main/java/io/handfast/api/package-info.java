/** HTTP, and only HTTP. */
@org.jspecify.annotations.NullMarked
package io.handfast.api;
