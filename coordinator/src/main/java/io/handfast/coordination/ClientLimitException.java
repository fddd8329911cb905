package io.handfast.coordination;

/** One caller has as many transactions open as it may; others are served. */
public class ClientLimitException extends Exception {

  private static final long serialVersionUID = 1L;

  ClientLimitException(String caller, int limit) {
    super(
        "'%s' has %d transactions open, which is the limit (handfast.limits.transactions-per-client); settle some first"
            .formatted(caller, limit));
  }
}
