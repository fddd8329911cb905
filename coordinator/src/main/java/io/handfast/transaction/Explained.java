package io.handfast.transaction;

/** A failure whose own message says more to a person than those of its causes. */
public interface Explained {}
