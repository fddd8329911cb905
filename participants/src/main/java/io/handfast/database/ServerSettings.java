package io.handfast.database;

import java.time.Duration;

/**
 * The settings of a database server on which transactions depend.
 *
 * @param version as the server writes it, such as {@code 18.6}
 * @param majorVersion such as 18
 * @param connections how many this user may find free at most: what is reserved is taken off
 * @param idleInTransactionTimeout after this a session that idles in a transaction is ended; zero
 *     for never
 * @param transactionTimeout after this a session is ended whose transaction is still open; zero for
 *     never
 * @param statementTimeout after this a statement is cancelled; zero for never
 * @param isFsync whether what is confirmed was forced to disk
 * @param isSynchronousCommit whether a local commit is confirmed only once its record was forced
 * @param isFullPageWrites whether a page that was half written is mended after a crash
 */
public record ServerSettings(
    String version,
    int majorVersion,
    int maxPreparedTransactions,
    int connections,
    Duration idleInTransactionTimeout,
    Duration transactionTimeout,
    Duration statementTimeout,
    boolean isFsync,
    boolean isSynchronousCommit,
    boolean isFullPageWrites) {}
