package io.handfast.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.handfast.coordination.ClientTransactionException;
import io.handfast.database.TransactionLeftException;
import io.handfast.delivery.InvalidDeliveryException;
import io.handfast.input.Violation;
import io.handfast.log.UnconfirmedWriteException;
import io.handfast.message.BrokerException;
import io.handfast.message.Refusal;
import io.handfast.message.TargetRefusedException;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.queue.SendInDoubtException;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.RefusedException.Reason;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import sun.reflect.ReflectionFactory;

/** Every mapping from what goes wrong to a problem, those of the framework's errors included. */
class ProblemMappersTest {

  private static final UriInfo URI_INFO =
      (UriInfo)
          Proxy.newProxyInstance(
              UriInfo.class.getClassLoader(),
              new Class<?>[] {UriInfo.class},
              (proxy, method, arguments) ->
                  method.getName().equals("getRequestUri") ? URI.create("http://h/v1/x") : "v1/x");

  private record Case(Throwable thrown, ProblemType type) {}

  private static List<Case> cases() throws Exception {
    return List.of(
        new Case(ProblemException.deliveryNotFound("d"), ProblemType.DELIVERY_NOT_FOUND),
        new Case(
            new InvalidDeliveryException(List.of(new Violation("sink", null, "is required"))),
            ProblemType.INVALID_DELIVERY),
        new Case(new JsonParseException(null, "broken"), ProblemType.INVALID_REQUEST),
        new Case(
            MismatchedInputException.from(null, Object.class, "more"), ProblemType.INVALID_REQUEST),
        new Case(new RefusedException(Reason.DRAINING, "said"), ProblemType.DRAINING),
        new Case(made(SendInDoubtException.class), ProblemType.SEND_IN_DOUBT),
        new Case(new BrokerException("away"), ProblemType.PARTICIPANT_UNAVAILABLE),
        new Case(new TargetRefusedException("q", "a queue"), ProblemType.QUEUE_REFUSED),
        new Case(
            new BrokerException(
                "none", null, new Refusal(Refusal.Part.DESTINATION, "there is none")),
            ProblemType.BROKER_REFUSED),
        new Case(new SQLException("away"), ProblemType.PARTICIPANT_UNAVAILABLE),
        new Case(made(ParticipantUnavailableException.class), ProblemType.PARTICIPANT_UNAVAILABLE),
        new Case(made(TransactionLeftException.class), ProblemType.HEURISTIC_OUTCOME),
        new Case(ClientTransactionException.ofAnotherNode("t", "n2", "n1"), ProblemType.WRONG_NODE),
        new Case(made(UnconfirmedWriteException.class), ProblemType.LOG_UNAVAILABLE),
        new Case(new NotFoundException(), ProblemType.NOT_FOUND),
        new Case(new WebApplicationException(405), ProblemType.METHOD_NOT_ALLOWED),
        new Case(new IOException("a defect"), ProblemType.INTERNAL_ERROR));
  }

  @Test
  void everyMappingGivesItsOwnProblem() throws Exception {
    Set<String> mapped = new HashSet<>();
    for (Case each : cases()) {
      Method mapper = mapperOf(each.thrown());
      mapped.add(mapper.getName());
      Problem problem = map(each.thrown());

      assertThat(problem.type()).as(each.toString()).isEqualTo(each.type().type());
      assertThat(problem.retry()).isEqualTo(each.type().retry().wireName());
      assertThat(problem.instance()).isEqualTo(URI.create("/v1/x"));
    }

    assertThat(mapped)
        .isEqualTo(mappers().stream().map(Method::getName).collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsRefusedIsTheProblemOfTheSameName(Reason reason) throws Exception {
    Problem problem = map(new RefusedException(reason, "said"));

    assertThat(problem.type()).isEqualTo(ProblemType.valueOf(reason.name()).type());
    assertThat(problem.detail()).isEqualTo("said");
  }

  @ParameterizedTest
  @CsvSource({
    "400, INVALID_REQUEST",
    "401, UNAUTHENTICATED",
    "403, FORBIDDEN",
    "404, NOT_FOUND",
    "405, METHOD_NOT_ALLOWED",
    "406, NOT_ACCEPTABLE",
    "408, INVALID_REQUEST",
    "409, INVALID_REQUEST",
    "412, PRECONDITION_FAILED",
    "413, REQUEST_TOO_LARGE",
    "415, UNSUPPORTED_MEDIA_TYPE",
    "421, INVALID_REQUEST",
    "429, INVALID_REQUEST",
    "500, INTERNAL_ERROR",
    "501, INTERNAL_ERROR",
    "503, SERVICE_UNAVAILABLE",
    "504, INTERNAL_ERROR"
  })
  void anErrorOfTheFrameworkHasAGeneralType(int status, ProblemType type) throws Exception {
    Problem problem = map(new WebApplicationException(status));

    assertThat(problem.type()).isEqualTo(type.type());
    assertThat(problem.status()).isEqualTo(type.status());
    assertThat(problem.violations() != null).isEqualTo(type == ProblemType.INVALID_REQUEST);
  }

  private static Problem map(Throwable thrown) throws Exception {
    RestResponse<?> response =
        (RestResponse<?>) mapperOf(thrown).invoke(new ProblemMappers(), thrown, URI_INFO);
    Problem problem = (Problem) response.getEntity();
    assertThat(response.getStatus()).isEqualTo(problem.status());
    assertThat(response.getMediaType()).hasToString(Problem.MEDIA_TYPE);
    return problem;
  }

  /** The mapper of the nearest class, as the framework chooses. */
  private static Method mapperOf(Throwable thrown) {
    for (Class<?> type = thrown.getClass(); ; type = type.getSuperclass()) {
      for (Method mapper : mappers()) {
        if (mapper.getParameterTypes()[0] == type) {
          return mapper;
        }
      }
    }
  }

  private static List<Method> mappers() {
    return Arrays.stream(ProblemMappers.class.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(ServerExceptionMapper.class))
        .toList();
  }

  /** An exception whose own constructor wants more than a mapper reads. */
  private static <T extends Throwable> T made(Class<T> type) throws Exception {
    Constructor<?> constructor =
        ReflectionFactory.getReflectionFactory()
            .newConstructorForSerialization(
                type, Throwable.class.getDeclaredConstructor(String.class));
    return type.cast(constructor.newInstance("said"));
  }
}
