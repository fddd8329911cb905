/** The same delivery under every guarantee, measured and audited. */
@org.jspecify.annotations.NullMarked
package io.handfast.comparison;
