/** What is measured, each by a profile of its own, and never in {@code verify}. */
package io.handfast.it.benchmark;
