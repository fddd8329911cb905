package io.handfast.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.input.Violation;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers with a problem where no resource has been looked up yet. */
@Singleton
class ProblemWriter {

  private final ObjectMapper json;

  ProblemWriter(ObjectMapper json) {
    this.json = json;
  }

  void write(RoutingContext context, ProblemType type, String detail) {
    write(context, type, detail, List.of());
  }

  void write(RoutingContext context, ProblemType type, String detail, List<Violation> violations) {
    HttpServerResponse response = context.response();
    Problem problem = Problem.of(type, detail, instance(context.request().path()), violations);
    try {
      String body = json.writeValueAsString(problem);
      response.setStatusCode(type.status()).putHeader("Content-Type", Problem.MEDIA_TYPE).end(body);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable URI instance(@Nullable String path) {
    try {
      return path == null ? null : URI.create(path);
    } catch (IllegalArgumentException e) {
      return null; // clients may send what is no path
    }
  }
}
