package io.handfast;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.implement;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import io.handfast.comparison.Comparisons;
import io.handfast.concurrent.Repeating;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.RemoteParticipants;
import io.handfast.coordination.RemoteSettlement;
import io.handfast.delivery.Deliveries;
import io.handfast.drain.Drain;
import io.handfast.event.Subscriber;
import io.handfast.metrics.NodeGauges;
import io.handfast.node.Participants;
import io.handfast.queue.Queues;
import io.handfast.readiness.Readiness;
import io.handfast.recovery.NodeFences;
import io.handfast.recovery.Recovery;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Singleton;
import java.beans.Introspector;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What may know what. The rules hold for both modules, whose classes this module sees. */
@AnalyzeClasses(packages = "io.handfast", importOptions = DoNotIncludeTests.class)
public class ArchitectureTest {

  private static final String[] PARTICIPANTS = {
    "io.handfast.artemis..",
    "io.handfast.concurrent..",
    "io.handfast.participant..",
    "io.handfast.message..",
    "io.handfast.database..",
    "io.handfast.remote.."
  };

  private static final Set<Class<?>> TIMES =
      Set.of(
          Instant.class,
          LocalDate.class,
          LocalDateTime.class,
          OffsetDateTime.class,
          ZonedDateTime.class);

  private static final String STATIC_INITIALIZER = "<clinit>";

  private static final Set<String> LOOKUPS =
      Set.of(
          "forName",
          "getDeclaredConstructor",
          "getDeclaredField",
          "getDeclaredMethod",
          "getDeclaredMethods",
          "getMethod",
          "getMethods",
          "getResource",
          "getResourceAsStream",
          "newInstance");

  private static final Set<String> OF_SYSTEM =
      Set.of("currentTimeMillis", "getProperty", "getenv", "nanoTime");

  private static final Set<Class<?>> OF_A_PROCESS =
      Set.of(
          Clock.class,
          ExecutorService.class,
          Executors.class,
          HttpClient.class,
          InetAddress.class,
          ProcessHandle.class,
          Random.class,
          Runtime.class,
          Thread.class,
          UUID.class);

  /** What the start makes, in its order, and what works as soon as it is made. */
  private static final Set<Class<?>> PARTS =
      Set.of(
          Participants.class,
          NodeFences.class,
          Queues.class,
          Recovery.class,
          RemoteParticipants.class,
          RemoteSettlement.class,
          ClientTransactions.class,
          NodeGauges.class,
          Deliveries.class,
          Comparisons.class,
          Drain.class,
          Readiness.class);

  @ArchTest
  static final ArchRule capabilitiesFormNoCycles =
      slices().matching("io.handfast.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyOnePackageKnowsAtomikos =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.handfast.atomikos..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.atomikos..");

  @ArchTest
  static final ArchRule theProtocolKnowsNoVendor =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.handfast.commit..",
              "io.handfast.transaction..",
              "io.handfast.recovery..",
              "io.handfast.input..",
              "io.handfast.coordination..",
              "io.handfast.delivery..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.ws.rs..", "io.quarkus..", "org.apache.activemq..");

  /** The embedded broker is one of Artemis. */
  @ArchTest
  static final ArchRule onlyTheAdapterKnowsTheBrokersClients =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.handfast.artemis..", "io.handfast.embedded..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.jms..", "org.apache.activemq..");

  @ArchTest
  static final ArchRule onlyTheAdapterKnowsKafka =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.handfast.kafka..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..");

  @ArchTest
  static final ArchRule onlyTheAdapterKnowsSqs =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.handfast.sqs..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("software.amazon..");

  /** One place makes threads, so that one place can be replaced. */
  @ArchTest
  static final ArchRule threadsAreMadeInOnePlace =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.handfast.concurrent..")
          .should()
          .callConstructor(Thread.class, Runnable.class)
          .orShould()
          .callConstructor(Thread.class, Runnable.class, String.class)
          .orShould()
          .callMethod(Thread.class, "setDaemon", boolean.class)
          .orShould()
          .callMethod(Executors.class, "newSingleThreadScheduledExecutor")
          .orShould()
          .callMethod(
              Executors.class,
              "newSingleThreadScheduledExecutor",
              java.util.concurrent.ThreadFactory.class);

  /** All others know its ports; one place chooses what stands behind them. */
  @ArchTest
  static final ArchRule onlyTheStartKnowsTheAdapter =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.handfast.artemis..")
          .and()
          .doNotHaveSimpleName("ConfiguredParticipants")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.handfast.artemis..");

  /**
   * The classes of a dialect begin with the product's name. Failed attempts are kept in a file that
   * is H2's store and no database.
   */
  @ArchTest
  static final ArchRule onlyDialectsKnowTheirDrivers =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.handfast\\.database\\.(?:Postgres|H2).*")
          .and()
          .doNotHaveFullyQualifiedName("io.handfast.delivery.Failures")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.postgresql..", "org.h2..");

  /** A third database is a third dialect, and nothing else asks which one it is. */
  @ArchTest
  static final ArchRule onlyTheDatabasePortKnowsDialects =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.handfast.database..")
          .should()
          .dependOnClassesThat()
          .areAssignableTo("io.handfast.database.Dialect");

  /** Deliveries and transactions work on the port: a simulation puts another database there. */
  @ArchTest
  static final ArchRule onlyTheDatabaseAdapterKnowsConnections =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.handfast.database..", "io.handfast.embedded..")
          .should()
          .dependOnClassesThat(resideInAPackage("java.sql..").and(not(type(SQLException.class))));

  /** It stands on files, and on nothing that a plain program does not have. */
  @ArchTest
  static final ArchRule theLogKnowsNoContainer =
      noClasses()
          .that()
          .resideInAPackage("io.handfast.log..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta..", "io.quarkus..", "io.smallrye..");

  @ArchTest
  static final ArchRule participantsArePlainJavaAndKnowNoCoordinator =
      noClasses()
          .that()
          .resideInAnyPackage(PARTICIPANTS)
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.handfast..")
                  .and(not(resideInAnyPackage(PARTICIPANTS)))
                  .or(
                      resideInAnyPackage(
                          "io.quarkus..",
                          "io.smallrye..",
                          "com.atomikos..",
                          "jakarta.ws.rs..",
                          "jakarta.inject..",
                          "jakarta.enterprise..")));

  @ArchTest
  static final ArchRule onlyTheApiKnowsHttp =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.handfast.api..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.ws.rs..", "org.jboss.resteasy..");

  @ArchTest
  static final ArchRule inputIsReadWithoutKnowingWhatItIsFor =
      noClasses()
          .that()
          .resideInAPackage("io.handfast.input..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.handfast..").and(not(resideInAPackage("io.handfast.input.."))));

  @ArchTest
  static final ArchRule clientsTransactionsKnowNoDelivery =
      noClasses()
          .that()
          .resideInAPackage("io.handfast.coordination..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.handfast.delivery..", "io.handfast.api..");

  /** They publish what happens, and depend on no subscriber. */
  @ArchTest
  static final ArchRule whatHappensIsPublishedAndKnowsNoSubscriber =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.handfast.event..",
              "io.handfast.commit..",
              "io.handfast.atomikos..",
              "io.handfast.delivery..",
              "io.handfast.coordination..",
              "io.handfast.log..",
              "io.handfast.recovery..",
              "io.handfast.resolution..",
              "io.handfast.transaction..",
              "io.handfast.node..",
              "io.handfast.queue..",
              "io.handfast.message..",
              "io.handfast.artemis..",
              "io.handfast.database..",
              "io.handfast.participant..",
              "io.handfast.remote..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "io.handfast.timeline..",
                      "io.handfast.metrics..",
                      "io.handfast.tracing..",
                      "io.handfast.live..",
                      "io.handfast.comparison..",
                      "io.opentelemetry..",
                      "io.micrometer..")
                  .or(implement(Subscriber.class)));

  /** The exception is a message's remaining life, which the sender's wall clock has started. */
  @ArchTest
  static final ArchRule timeComesFromAClock =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.handfast.artemis..")
          .should()
          .callMethodWhere(
              describe(
                  "reads the wall clock without a Clock", ArchitectureTest::readsTheWallClock));

  @ArchTest
  static final ArchRule messagesReadTheWallClockForTheirExpirationOnly =
      noClasses()
          .that()
          .resideInAPackage("io.handfast.artemis..")
          .and()
          .doNotHaveSimpleName("ArtemisSession")
          .should()
          .callMethodWhere(
              describe(
                  "reads the wall clock without a Clock", ArchitectureTest::readsTheWallClock));

  @ArchTest
  static final ArchRule onlyBannerAndCommandLinePrint =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.handfast.Banner")
          .and()
          .doNotHaveFullyQualifiedName("io.handfast.CommandLine")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  /**
   * A task is started by the constructor of what it belongs to, or by the node. What watches sends
   * does so while there are any.
   */
  @ArchTest
  static final ArchRule whatRepeatsIsStartedByAConstructor =
      fields()
          .that()
          .haveRawType(Repeating.class)
          .and()
          .areNotDeclaredIn("io.handfast.artemis.SendWatch")
          .should()
          .beFinal();

  /** The parts of a node are made by one class; others get them complete. */
  @ArchTest
  static final ArchRule onlyTheStartMakesTheNode =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.handfast.Node")
          .and()
          .doNotHaveFullyQualifiedName("io.handfast.ConfiguredParticipants")
          .should()
          .callConstructorWhere(
              describe(
                  "makes a part of the node",
                  call -> PARTS.stream().anyMatch(call.getTargetOwner()::isEquivalentTo)));

  /** The container would make it at the first call, in the thread of a request. */
  @ArchTest
  static final ArchRule partsOfTheNodeAreNoBeans =
      classes()
          .that()
          .belongToAnyOf(PARTS.toArray(Class[]::new))
          .should()
          .notBeAnnotatedWith(Singleton.class)
          .andShould()
          .notBeAnnotatedWith(ApplicationScoped.class);

  /** Who needs more wants to be two, or its parameters to be one. */
  @ArchTest
  static final ArchRule constructorsOfTheStartTakeSixParameters =
      constructors()
          .that()
          .areDeclaredInClassesThat()
          .resideInAPackage("io.handfast")
          .should(takeAtMost(6));

  @ArchTest
  static final ArchRule constructorsTakeEightParameters =
      constructors()
          .that()
          .areDeclaredInClassesThat(
              not(assignableTo(Record.class)).and(not(resideInAPackage("io.handfast.image.."))))
          .should(takeAtMost(8));

  /**
   * Nothing that is asked for by name would be found in a native image. The methods of resources
   * are read by static initializers, while the image is built.
   */
  @ArchTest
  static final ArchRule nothingOfOursIsAskedForByName =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.handfast.api.Endpoint")
          .should()
          .callMethodWhere(describe("looks up by name", call -> isLookup(call.getTarget())))
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(ServiceLoader.class, Proxy.class, Introspector.class);

  /**
   * What a class makes when it is initialised, a native image was built with: all have the same.
   */
  @ArchTest
  static final ArchRule classesAreInitialisedAlikeInEveryProcess =
      noClasses()
          .should()
          .callCodeUnitWhere(
              describe(
                  "takes something of this process or machine when the class is initialised",
                  call ->
                      call.getOrigin().getName().equals(STATIC_INITIALIZER)
                          && isOfThisProcess(call.getTarget())));

  private static ArchCondition<JavaConstructor> takeAtMost(int parameters) {
    return ArchCondition.from(
        describe(
            "take at most " + parameters + " parameters",
            constructor -> constructor.getRawParameterTypes().size() <= parameters));
  }

  private static boolean isLookup(AccessTarget target) {
    JavaClass type = target.getOwner();
    return type.isAssignableTo(ClassLoader.class)
        || type.isEquivalentTo(Class.class) && LOOKUPS.contains(target.getName());
  }

  private static boolean isOfThisProcess(AccessTarget target) {
    JavaClass type = target.getOwner();
    return OF_A_PROCESS.stream().anyMatch(type::isAssignableTo)
        || type.isEquivalentTo(System.class) && OF_SYSTEM.contains(target.getName());
  }

  private static boolean readsTheWallClock(JavaMethodCall call) {
    AccessTarget.MethodCallTarget target = call.getTarget();
    JavaClass type = target.getOwner();
    boolean isSystem =
        type.isEquivalentTo(System.class) && target.getName().equals("currentTimeMillis");
    boolean isNow =
        TIMES.stream().anyMatch(type::isEquivalentTo)
            && target.getName().equals("now")
            && target.getRawParameterTypes().stream().noneMatch(p -> p.isEquivalentTo(Clock.class));
    return isSystem || isNow;
  }
}
