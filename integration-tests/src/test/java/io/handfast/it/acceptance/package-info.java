/**
 * What a user relies on, asked from outside: real messages, real requests, real mistakes. Most of
 * these tests only ask, and share one coordinator.
 */
package io.handfast.it.acceptance;
