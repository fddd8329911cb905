package io.handfast.simulation;

import io.handfast.message.Broker;
import io.handfast.participant.BranchText;
import io.handfast.recovery.InDoubtBranch;
import io.handfast.recovery.InDoubtTransaction;
import io.handfast.resolution.BranchAction;
import io.handfast.resolution.Resolver;
import io.handfast.transaction.RefusedException;
import java.util.Objects;

/**
 * A person who ends what is in doubt at a node by comparing the rows with the messages; not while
 * the database cannot be asked, since the unit may still be open there.
 */
record Operator(World world, SimulatedNode node) {

  void compare() {
    for (InDoubtTransaction transaction : node.recovery.inDoubt()) {
      if (transaction.next().contains("cannot be asked")) {
        continue;
      }
      transaction.parts().stream()
          .map(InDoubtTransaction.Part::branch)
          .filter(Objects::nonNull)
          .filter(branch -> branch.participant().equals(Broker.NAME))
          .forEach(this::end);
    }
  }

  private void end(InDoubtBranch branch) {
    boolean isApplied =
        world.broker.takenBy(xid -> BranchText.of(xid).equals(branch.xid())).stream()
            .anyMatch(message -> world.applied().containsKey(World.id(message.content())));
    BranchAction action = isApplied ? BranchAction.COMMIT : BranchAction.ROLLBACK;
    try {
      node.recovery.resolve(
          new Resolver.Order(branch.xid(), action, "operator", "compared the rows", true));
      world.simulation.note("the operator orders " + action + ", which the rows tell");
    } catch (RefusedException e) {
      world.simulation.note("refused to the operator: " + e.getMessage());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
