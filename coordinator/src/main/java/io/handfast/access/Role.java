package io.handfast.access;

import io.handfast.input.WireName;
import java.util.Set;

/** The roles of callers; each one includes those before it. */
public enum Role {
  /** Any caller, without authentication. */
  NONE,
  /** Reads. */
  VIEWER,
  /** Fills and settles transactions, receives and sends messages. */
  CLIENT,
  /** Changes deliveries, resolves what is in doubt, and compares guarantees. */
  OPERATOR;

  /** The role's name in configuration, tokens and problems. */
  public String wireName() {
    return WireName.of(this);
  }

  /** Whether a caller of these roles may do what needs this one. */
  public boolean isMetBy(Set<String> roles) {
    for (Role role : values()) {
      if (role != NONE && role.compareTo(this) >= 0 && roles.contains(role.wireName())) {
        return true;
      }
    }
    return this == NONE;
  }
}
