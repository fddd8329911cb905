package io.handfast.embedded;

/** Whether this program can start a broker inside; the native one cannot. */
public interface BrokerInside {

  boolean isAvailable();
}
