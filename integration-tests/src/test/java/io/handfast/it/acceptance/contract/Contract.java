package io.handfast.it.acceptance.contract;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.ValidationReport;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Call;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The OpenAPI document of a running service, and whether answers are as it says. */
final class Contract {
  private static final Set<String> NO_OPERATION =
      Set.of("validation.request.path.missing", "validation.request.operation.notAllowed");

  private final OpenApiInteractionValidator validator;
  private final JsonNode document;

  Contract(String json) {
    validator = OpenApiInteractionValidator.createForInlineApiSpecification(json).build();
    try {
      document = new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  JsonNode document() {
    return document;
  }

  /** What is wrong with an answer: an undeclared status or content type, or another body. */
  List<String> breaches(Call call, Answer answer) {
    Request.Method method = method(call.method());
    if (method == null) {
      return noOperation(answer);
    }
    SimpleResponse.Builder response = SimpleResponse.Builder.status(answer.status());
    if (!answer.text().isEmpty()) {
      response.withContentType(answer.contentType()).withBody(answer.text());
    }
    ValidationReport report = validator.validateResponse(call.path(), method, response.build());
    if (report.getMessages().stream().anyMatch(m -> NO_OPERATION.contains(m.getKey()))) {
      return noOperation(answer);
    }
    return errors(report);
  }

  /** What the document has against a request that the service takes. */
  List<String> requestBreaches(Call call) {
    SimpleRequest.Builder request = new SimpleRequest.Builder(call.method(), call.path(), false);
    call.headers().forEach(request::withHeader);
    if (call.target().contains("?")) {
      for (String pair : call.target().substring(call.target().indexOf('?') + 1).split("&")) {
        request.withQueryParam(pair.split("=", 2)[0], pair.split("=", 2)[1]);
      }
    }
    if (call.body().length > 0) {
      request.withBody(new String(call.body(), StandardCharsets.UTF_8));
    }
    return errors(validator.validateRequest(request.build()));
  }

  /** Where no operation is, there is no declared answer: nothing but these problems. */
  private static List<String> noOperation(Answer answer) {
    return Set.of("not-found", "method-not-allowed").contains(answer.problem())
        ? List.of()
        : List.of("no operation, and " + answer.status() + " " + answer.text());
  }

  private static Request.Method method(String name) {
    try {
      return Request.Method.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static List<String> errors(ValidationReport report) {
    return report.getMessages().stream()
        .filter(message -> message.getLevel() == ValidationReport.Level.ERROR)
        .map(message -> message.getKey() + ": " + message.getMessage())
        .toList();
  }
}
