/** What a crash left behind, and how it is put right. */
@org.jspecify.annotations.NullMarked
package io.handfast.recovery;
