package io.handfast.embedded;

/** Whether this program can start a broker inside its process; the native one cannot. */
public interface InProcessBrokerSupport {

  boolean isAvailable();
}
