/** Threads, repeated tasks and bounded waits: each idiom once. */
@org.jspecify.annotations.NullMarked
package io.handfast.concurrent;
