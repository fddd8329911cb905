/** A broker and a database inside the process, for a first run. */
@org.jspecify.annotations.NullMarked
package io.handfast.embedded;
