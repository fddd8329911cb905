package io.handfast.comparison;

/** One comparison at a time: another would be measured with it. */
public class ComparisonRunningException extends Exception {

  private static final long serialVersionUID = 1L;

  ComparisonRunningException(String id) {
    super("The comparison '" + id + "' is running; wait for its end, or cancel it.");
  }
}
