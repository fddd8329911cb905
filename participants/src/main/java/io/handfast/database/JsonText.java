package io.handfast.database;

/**
 * A value that is JSON already: an object, an array, or a body as it came.
 *
 * @param text the JSON, which for a body need not be well-formed
 */
record JsonText(String text) {

  @Override
  public String toString() {
    return text;
  }
}
