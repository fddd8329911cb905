package io.handfast.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Lists the problems that an operation can answer, beside those that every operation can. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Problems {

  ProblemType[] value() default {};

  /** Whether it works in a transaction: {@link DocumentedProblems} lists what that can meet. */
  boolean inTransaction() default false;
}
