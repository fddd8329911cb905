/** Services that take part in transactions over HTTP. */
@org.jspecify.annotations.NullMarked
package io.handfast.remote;
