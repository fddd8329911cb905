/** What the native image cannot see by itself, declared. */
@org.jspecify.annotations.NullMarked
package io.handfast.image;
