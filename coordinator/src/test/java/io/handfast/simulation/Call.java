package io.handfast.simulation;

/** What a call of a port does at its participant. */
@FunctionalInterface
interface Call {

  Object answer() throws Exception;
}
