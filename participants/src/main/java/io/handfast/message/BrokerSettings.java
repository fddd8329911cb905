package io.handfast.message;

import io.handfast.participant.Secrets;
import org.jspecify.annotations.Nullable;

/** The URL and credentials of a broker. */
public record BrokerSettings(String url, @Nullable String username, @Nullable String password) {

  /** The URL without passwords, fit for logs. */
  public String safeUrl() {
    return Secrets.hidden(url);
  }

  /** Never shows a password. */
  @Override
  public String toString() {
    return safeUrl() + (username == null ? "" : " as " + username);
  }
}
