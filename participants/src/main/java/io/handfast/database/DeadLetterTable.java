package io.handfast.database;

import io.handfast.message.MessageBody;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The port to the table of messages that could not be applied, in the database of their rows: a
 * source that takes no messages cannot keep them.
 *
 * <p>A message enters it with the transaction that moves the position past it. Used by the thread
 * of its session.
 */
public interface DeadLetterTable {

  /**
   * A message that could not be applied.
   *
   * @param delivery at most 64 characters
   * @param origin where the message was
   * @param key as its sender gave it; null where it has none
   * @param body as it came
   * @param headers the application's, of texts, numbers, truth values and bytes
   * @param failure why it is here
   */
  record Letter(
      String delivery,
      Origin origin,
      @Nullable MessageBody key,
      MessageBody body,
      Map<String, Object> headers,
      Failure failure) {}

  /**
   * Where a message was.
   *
   * @param slot of its partition; at most 128 characters
   * @param messageId at most 512 characters
   */
  record Origin(String slot, long offset, String messageId) {}

  /** How often a message has failed, the last cause, and when. */
  record Failure(int failures, String cause, Instant at) {}

  /**
   * A letter in the table.
   *
   * @param number by which it is found again, 16 hexadecimal digits
   */
  record Stored(String number, Letter letter) {}

  /** Inserts a letter, in the transaction of the session. */
  void add(Letter letter) throws SQLException;

  /** The first letters of a delivery, oldest first; none where there is no table yet. */
  List<Stored> list(String delivery, int max) throws SQLException;

  /** A letter of a delivery; empty where there is none, or no table yet. */
  Optional<Stored> find(String delivery, String number) throws SQLException;

  /** How many letters a delivery has; 0 where there is no table yet. */
  long count(String delivery) throws SQLException;

  /** Removes a letter, in the transaction of the session; false where it is gone. */
  boolean remove(String number) throws SQLException;

  /**
   * Removes letters of a delivery that are older, in the transaction of the session; none where
   * there is no table yet.
   *
   * @param max at most so many
   * @return how many it has removed
   */
  int removeBefore(String delivery, Instant time, int max) throws SQLException;
}
