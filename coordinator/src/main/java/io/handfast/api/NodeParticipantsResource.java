package io.handfast.api;

import io.handfast.embedded.EmbeddedParts;
import io.handfast.message.Broker;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The broker and the databases that this node works with. */
@Path("/v1/participants")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "recovery")
class NodeParticipantsResource {

  /**
   * One broker or database.
   *
   * @param name as it stands in branches and scans
   * @param url without credentials
   * @param embedded whether it is inside this process
   */
  record NodeParticipant(String name, String url, boolean embedded) {}

  private final Participants participants;
  private final EmbeddedParts embedded;

  NodeParticipantsResource(Participants participants, EmbeddedParts embedded) {
    this.participants = participants;
    this.embedded = embedded;
  }

  @GET
  @Operation(
      operationId = "listNodeParticipants",
      summary = "The broker and the databases that this node works with")
  @APIResponse(responseCode = "200", ref = "NodeParticipants")
  public List<NodeParticipant> list() {
    List<NodeParticipant> all = new ArrayList<>();
    if (participants.broker().isPresent()) {
      Broker broker = participants.broker();
      all.add(
          new NodeParticipant(broker.name(), broker.settings().safeUrl(), embedded.isBrokerOpen()));
    }
    for (String name : participants.databaseNames()) {
      boolean isEmbedded =
          name.equals(NodeConfig.DEFAULT_DATABASE) && embedded.databaseUrl() != null;
      participants
          .database(name)
          .map(database -> database.safeUrl())
          .map(url -> new NodeParticipant(Participants.participantName(name), url, isEmbedded))
          .ifPresent(all::add);
    }
    return all;
  }
}
