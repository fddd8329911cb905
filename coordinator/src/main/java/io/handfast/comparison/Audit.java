package io.handfast.comparison;

/**
 * The numbers of lost and duplicated messages of one run, from the rows in its table.
 *
 * @param lost messages without a row
 * @param duplicated rows beyond the first of a message
 */
record Audit(long lost, long duplicated) {

  static final Audit CLEAN = new Audit(0, 0);

  Audit plus(Audit other) {
    return new Audit(lost + other.lost, duplicated + other.duplicated);
  }
}
