package io.handfast.api;

import io.handfast.input.Violation;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads bodies as text and refuses bytes that are none, which are replaced silently otherwise: a
 * message would arrive with other content than was sent.
 */
@Provider
public class StrictText implements MessageBodyReader<String> {

  @Override
  public boolean isReadable(
      Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
    return type == String.class;
  }

  @Override
  public String readFrom(
      Class<String> type,
      Type genericType,
      Annotation[] annotations,
      MediaType mediaType,
      MultivaluedMap<String, String> headers,
      InputStream body)
      throws IOException {
    Charset charset = charset(mediaType);
    try {
      return charset
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(body.readAllBytes()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new ProblemException(
          ProblemType.INVALID_REQUEST,
          "The body is not text in " + charset + ".",
          List.of(new Violation("body", null, "text in " + charset)),
          e);
    }
  }

  private static Charset charset(MediaType mediaType) {
    String name = mediaType.getParameters().get(MediaType.CHARSET_PARAMETER);
    try {
      return name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
    } catch (IllegalArgumentException e) {
      throw new NotSupportedException(e);
    }
  }
}
