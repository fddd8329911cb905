/** What a coordinator tells a collector of traces. */
package io.handfast.it.acceptance.tracing;
