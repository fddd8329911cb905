package io.handfast.api;

import io.handfast.access.RequestSizeConfig;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Refuses bodies that are larger than their kind may be, before they are in memory. */
class RequestSizeFilter {

  private static final Pattern MESSAGES =
      Pattern.compile("/?v1/(queues|transactions)/[^/]+/messages");

  private final long most;

  RequestSizeFilter(RequestSizeConfig config) {
    this.most = config.requestSize().asLongValue();
  }

  @ServerRequestFilter
  void refuseLarge(ContainerRequestContext request) {
    if (MESSAGES.matcher(request.getUriInfo().getPath()).matches()) {
      return; // the framework's own limit holds
    }
    if (request.getLength() > most) {
      throw tooLarge();
    }
    if (request.getLength() < 0) {
      request.setEntityStream(new Counted(request.getEntityStream()));
    }
  }

  private ProblemException tooLarge() {
    return new ProblemException(
        ProblemType.REQUEST_TOO_LARGE,
        "A call of this kind takes %d bytes (handfast.limits.request-size).".formatted(most));
  }

  /** A body that has not announced its size. */
  private final class Counted extends FilterInputStream {

    private long read;

    Counted(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      count(next < 0 ? 0 : 1);
      return next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int more = super.read(buffer, offset, length);
      count(Math.max(0, more));
      return more;
    }

    private void count(int more) {
      read += more;
      if (read > most) {
        throw tooLarge();
      }
    }
  }
}
