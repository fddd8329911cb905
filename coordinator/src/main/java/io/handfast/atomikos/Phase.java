package io.handfast.atomikos;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.transaction.xa.XAException;

/**
 * One phase of one transaction: the first call asks all branches, each later call gets its answer.
 *
 * <p>Each is asked in a thread of its own, but one in the caller's, so that a phase of two branches
 * costs one change of thread. An answer is given once; a branch that is asked again is really asked
 * again. Used by one thread at a time.
 */
final class Phase {

  /** What all branches are asked. */
  interface Question {

    /** Asks; what it returns or throws is the branch's answer. */
    int of(Branch branch) throws XAException;
  }

  private final Executor threads;
  private final Question question;
  private final Map<Branch, CompletableFuture<Integer>> answers = new ConcurrentHashMap<>();
  private boolean isBegun;

  Phase(Executor threads, Question question) {
    this.threads = threads;
    this.question = question;
  }

  /**
   * Asks a branch.
   *
   * @param together those to be asked, if it is the first
   * @param here the one of them that is asked in this thread: the one that takes longest, or whose
   *     answer is wanted soonest
   */
  int ask(Branch branch, List<Branch> together, Branch here) throws XAException {
    if (!isBegun) {
      isBegun = true;
      together.stream().filter(other -> other != here).forEach(this::askElsewhere);
      answer(here, promised(here));
    }
    CompletableFuture<Integer> answer = answers.remove(branch);
    return answer == null ? question.of(branch) : given(answer);
  }

  private CompletableFuture<Integer> promised(Branch branch) {
    CompletableFuture<Integer> answer = new CompletableFuture<>();
    answers.put(branch, answer);
    return answer;
  }

  private void askElsewhere(Branch branch) {
    CompletableFuture<Integer> answer = promised(branch);
    try {
      threads.execute(() -> answer(branch, answer));
    } catch (RuntimeException | OutOfMemoryError e) { // there is no thread to be had: in turn, then
      answer(branch, answer);
    }
  }

  private void answer(Branch branch, CompletableFuture<Integer> answer) {
    try {
      answer.complete(question.of(branch));
    } catch (Throwable e) { // the waiting thread must get it, whatever it is
      answer.completeExceptionally(e);
    }
  }

  private static int given(CompletableFuture<Integer> answer) throws XAException {
    try {
      return answer.join(); // not ended by an interrupt, which would leave the answer unknown
    } catch (CompletionException e) {
      if (e.getCause() instanceof XAException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** Waits until a branch that was asked has answered, whatever the answer. */
  void await(Branch branch) {
    CompletableFuture<Integer> answer = answers.remove(branch);
    if (answer != null) {
      answer.exceptionally(failure -> 0).join();
    }
  }
}
