package io.handfast.api;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.database.JsonValues;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Reads as much JSON over HTTP as deliveries read in messages; bodies have limits of their own. */
@Singleton
class JsonLimits implements ObjectMapperCustomizer {

  @Override
  public void customize(ObjectMapper json) {
    json.getFactory().setStreamReadConstraints(JsonValues.LIMITS);
    json.getFactory().enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER.mappedFeature());
  }
}
