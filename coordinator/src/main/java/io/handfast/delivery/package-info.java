/** Named flows from a source to a sink, each under one guarantee. */
@org.jspecify.annotations.NullMarked
package io.handfast.delivery;
