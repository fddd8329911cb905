package io.handfast.delivery;

/** Failures as a person reads them: the deepest message, without class names or stack traces. */
final class Causes {

  private static final int DEEPEST = 20;

  private Causes() {}

  static String readable(Throwable failure) {
    Throwable deepest = failure;
    String message = failure.getMessage();
    for (int i = 0; i < DEEPEST && deepest.getCause() != null; i++) {
      deepest = deepest.getCause();
      message = deepest.getMessage() == null ? message : deepest.getMessage();
    }
    return message == null ? deepest.getClass().getSimpleName() : message.strip();
  }
}
