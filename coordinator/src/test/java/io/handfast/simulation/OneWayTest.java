package io.handfast.simulation;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * What is simulated has its threads, locks, waits, times and random numbers from {@code concurrent}
 * in no other way: else a schedule would not be a seed's alone.
 */
@AnalyzeClasses(packages = "io.handfast", importOptions = DoNotIncludeTests.class)
class OneWayTest {

  private static final Set<String> OF_A_MONITOR = Set.of("wait", "notify", "notifyAll");
  private static final Set<String> OF_A_THREAD = Set.of("sleep", "join", "yield", "<init>");
  private static final Set<String> OF_SYSTEM = Set.of("nanoTime", "currentTimeMillis");

  private static final DescribedPredicate<JavaClass> SIMULATED =
      resideInAnyPackage(
              "io.handfast.commit..",
              "io.handfast.coordination..",
              "io.handfast.delivery..",
              "io.handfast.log..",
              "io.handfast.recovery..",
              "io.handfast.resolution..")
          .and(
              DescribedPredicate.describe(
                  "call no HTTP endpoint", // those calls are not simulated
                  type ->
                      !type.getName().startsWith("io.handfast.delivery.Handle")
                          && !type.getName().startsWith("io.handfast.coordination.Remote")));

  @ArchTest
  static final ArchRule noOtherThreadsLocksAndRandomNumbers =
      noClasses()
          .that(SIMULATED)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(
              CompletableFuture.class,
              Condition.class,
              CountDownLatch.class,
              CyclicBarrier.class,
              ExecutorService.class,
              Executors.class,
              Future.class,
              LockSupport.class,
              Random.class,
              ReentrantLock.class,
              ReentrantReadWriteLock.class,
              SecureRandom.class,
              Semaphore.class,
              ThreadLocalRandom.class,
              Timer.class,
              UUID.class);

  @ArchTest
  static final ArchRule noOtherWaitsAndTimes =
      noClasses()
          .that(SIMULATED)
          .should()
          .callMethodWhere(DescribedPredicate.describe("wait or ask for time", OneWayTest::isOther))
          .orShould()
          .callConstructorWhere(DescribedPredicate.describe("make a thread", OneWayTest::isOther));

  private static boolean isOther(JavaCall<?> call) {
    String name = call.getName();
    JavaClass owner = call.getTargetOwner();
    return owner.isEquivalentTo(System.class) && OF_SYSTEM.contains(name)
        || owner.isEquivalentTo(Thread.class) && OF_A_THREAD.contains(name)
        || owner.isEquivalentTo(Clock.class) && name.startsWith("system")
        || owner.isEquivalentTo(Instant.class)
            && name.equals("now")
            && call.getTarget().getRawParameterTypes().isEmpty()
        || OF_A_MONITOR.contains(name)
            && call.getTarget().getRawParameterTypes().size() < 3
            && isOfObject(call);
  }

  private static boolean isOfObject(JavaCall<?> call) {
    return call.getTargetOwner().getAllMethods().stream()
        .noneMatch(
            method ->
                method.getName().equals(call.getName())
                    && !method.getOwner().isEquivalentTo(Object.class));
  }
}
