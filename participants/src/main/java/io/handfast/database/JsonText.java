package io.handfast.database;

/**
 * A value that is JSON text already: an object, an array, or a whole body.
 *
 * @param text the JSON, which for a body need not be well-formed
 */
record JsonText(String text) {

  @Override
  public String toString() {
    return text;
  }
}
