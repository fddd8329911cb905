package io.handfast.comparison;

/**
 * What the table says about a run, against what was sent.
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
