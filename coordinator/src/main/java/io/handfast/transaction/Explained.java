package io.handfast.transaction;

/** A failure whose own message explains more than those of its causes. */
public interface Explained {}
