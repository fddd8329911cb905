package io.handfast.message;

import org.jspecify.annotations.Nullable;

/** Where a broker is and as whom to connect. */
public record BrokerSettings(String url, @Nullable String username, @Nullable String password) {

  /** Never shows the password. */
  @Override
  public String toString() {
    return url + (username == null ? "" : " as " + username);
  }
}
