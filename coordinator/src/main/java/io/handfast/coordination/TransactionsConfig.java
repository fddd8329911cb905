package io.handfast.coordination;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Configuration of clients' transactions. */
@ConfigMapping(prefix = "handfast.transactions")
public interface TransactionsConfig {

  /** What decides a client's transaction. */
  enum Protocol {
    /** This node's decision log, over any number of participants. */
    TWO_PHASE_COMMIT,
    /** The local commit of one database; services cannot take part. */
    LOCAL_COMMIT
  }

  /** The protocol of transactions that clients begin. */
  @WithDefault("two-phase-commit")
  Protocol protocol();

  /** How long a transaction stays open unless a call says otherwise; then it is rolled back. */
  @WithDefault("PT30S")
  Duration lease();

  /**
   * The longest that a client may ask for. Other consumers do not get the messages in flight for as
   * long.
   */
  @WithDefault("PT1H")
  Duration longestLease();

  /**
   * Open transactions at one time; each holds a broker session and perhaps a connection. The
   * default leaves room for consumers among the 100 connections that PostgreSQL allows by default.
   */
  @WithDefault("50")
  int limit();

  /** How long outcomes are remembered, so that a repeated call gets the same answer. */
  @WithDefault("PT1H")
  Duration keepOutcomes();

  /**
   * Outcomes that are remembered at one time; the oldest are dropped first. Those of commits are
   * kept in the decision log, about 200 bytes each.
   */
  @WithDefault("20000")
  int mostOutcomes();
}
