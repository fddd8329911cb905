package io.handfast.api;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * Describes a method of a resource that answers calls, by its annotations.
 *
 * <p>Whatever is derived from it is derived in a static initializer. In a native image those ran
 * when it was built, and the finished image needs no method by reflection.
 *
 * @param verb the HTTP method
 * @param path with templates such as {@code {id}}
 */
record Endpoint(String verb, String path, Method method) {

  private static final List<Class<?>> RESOURCES =
      List.of(
          ChecksResource.class,
          ComparisonsResource.class,
          DeadLettersResource.class,
          DeliveriesResource.class,
          DrainResource.class,
          EventsResource.class,
          NodeParticipantsResource.class,
          ParticipantsResource.class,
          PositionsResource.class,
          QueuesResource.class,
          RecoveryResource.class,
          StoredDeadLettersResource.class,
          TimelinesResource.class,
          TransactionsResource.class);

  /** All that the document names. */
  static List<Endpoint> all() {
    return RESOURCES.stream()
        .flatMap(resource -> Stream.of(resource.getDeclaredMethods()))
        .filter(method -> !isHidden(method))
        .flatMap(Endpoint::of)
        .toList();
  }

  private static boolean isHidden(Method method) {
    Operation operation = method.getAnnotation(Operation.class);
    return operation != null && operation.hidden();
  }

  private static Stream<Endpoint> of(Method method) {
    Path own = method.getAnnotation(Path.class);
    String path =
        method.getDeclaringClass().getAnnotation(Path.class).value()
            + (own == null ? "" : "/" + own.value());
    return Stream.of(method.getAnnotations())
        .map(annotation -> annotation.annotationType().getAnnotation(HttpMethod.class))
        .filter(verb -> verb != null)
        .map(verb -> new Endpoint(verb.value(), path, method));
  }

  /** What its method says with an annotation of this type. */
  <A extends Annotation> Optional<A> says(Class<A> annotation) {
    return Optional.ofNullable(method.getAnnotation(annotation));
  }

  /** The names of its query parameters. */
  Set<String> queryParameters() {
    return Stream.of(method.getParameters())
        .map(parameter -> parameter.getAnnotation(QueryParam.class))
        .filter(parameter -> parameter != null)
        .map(QueryParam::value)
        .collect(Collectors.toSet());
  }
}
