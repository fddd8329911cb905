/** The coordinator as a process: how it starts, what it says first, and how it ends. */
@org.jspecify.annotations.NullMarked
package io.handfast;
