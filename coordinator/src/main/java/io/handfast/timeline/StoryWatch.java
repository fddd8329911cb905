package io.handfast.timeline;

/** Is told of the stories of transactions while they go on, by many threads. */
@FunctionalInterface
public interface StoryWatch {

  /** Looks away. */
  StoryWatch NONE = (story, step) -> {};

  /** A story has begun that people may see; in the thread that began the transaction. */
  default void begun(Timeline story) {}

  /** A step that took time is over. */
  void stepped(Timeline story, Timeline.Step step);

  /** Nobody works on the transaction any more; what is left of it is recovery's. */
  default void ended(Timeline story) {}

  /** Tells another one too, after this one. */
  default StoryWatch and(StoryWatch other) {
    StoryWatch first = this;
    return new StoryWatch() {
      @Override
      public void begun(Timeline story) {
        first.begun(story);
        other.begun(story);
      }

      @Override
      public void stepped(Timeline story, Timeline.Step step) {
        first.stepped(story, step);
        other.stepped(story, step);
      }

      @Override
      public void ended(Timeline story) {
        first.ended(story);
        other.ended(story);
      }
    };
  }
}
