package io.handfast.api;

import io.handfast.input.BrokerName;
import io.handfast.input.Violation;
import io.handfast.message.QueueState;
import io.handfast.queue.Queues;
import io.handfast.queue.SendInDoubtException;
import jakarta.jms.JMSException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.regex.Pattern;

/** Queues, for people and scripts without a JMS client. */
@Path("/v1/queues/{queue}")
@Produces(MediaType.APPLICATION_JSON)
class QueuesResource {

  static final String MESSAGE_ID = "Handfast-Message-Id";

  private static final Pattern LINE_END = Pattern.compile("\r?\n");

  /**
   * What became of a sending.
   *
   * @param duplicate whether the broker has had these messages before, under the same id
   */
  record Sent(int messages, boolean duplicate) {}

  private final Queues queues;

  QueuesResource(Queues queues) {
    this.queues = queues;
  }

  @GET
  public QueueState state(@PathParam("queue") String queue) throws JMSException {
    return queues.state(checked(queue));
  }

  @POST
  @Path("messages")
  @Consumes({MediaType.TEXT_PLAIN, MediaType.APPLICATION_JSON})
  public Response sendOne(
      @PathParam("queue") String queue, @HeaderParam(MESSAGE_ID) String id, String body)
      throws JMSException, SendInDoubtException {
    return send(queue, List.of(body), id);
  }

  @POST
  @Path("messages")
  @Consumes("application/x-ndjson")
  public Response sendLines(
      @PathParam("queue") String queue, @HeaderParam(MESSAGE_ID) String id, String body)
      throws JMSException, SendInDoubtException {
    List<String> lines = LINE_END.splitAsStream(body).filter(line -> !line.isBlank()).toList();
    return send(queue, lines, id);
  }

  private Response send(String queue, List<String> bodies, String id)
      throws JMSException, SendInDoubtException {
    boolean isNew = queues.send(checked(queue), bodies, id);
    return Response.status(Response.Status.CREATED).entity(new Sent(bodies.size(), !isNew)).build();
  }

  private static String checked(String queue) {
    if (!BrokerName.isValid(queue)) {
      throw new ProblemException(
          ProblemType.INVALID_REQUEST,
          "The queue's name cannot be used.",
          List.of(new Violation("queue", queue, BrokerName.RULE)),
          null);
    }
    return queue;
  }
}
