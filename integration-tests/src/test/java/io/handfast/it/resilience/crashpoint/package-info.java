/**
 * The crash points of two-phase commit, each forced at its exact place.
 *
 * <p>A coordinator under test is the built runner with an agent: Byteman weaves rules into it that
 * hold a thread where a point is, until the test lets it go. The product has no hooks for this.
 */
package io.handfast.it.resilience.crashpoint;
