package io.handfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {

  @TempDir Path directory;

  @Test
  void theFirstStartIsTheFirstIncarnationOfANewLog() {
    NodeIdentity identity = NodeIdentity.open("n1", directory.resolve("not/there/yet"));

    assertThat(identity.node()).isEqualTo("n1");
    assertThat(identity.incarnation()).isEqualTo(1);
    assertThat(identity.log()).matches("[0-9a-f]{8}");
  }

  @Test
  void everyStartIsANewIncarnationOfTheSameLog() {
    NodeIdentity first = NodeIdentity.open("n1", directory);
    NodeIdentity second = NodeIdentity.open("n1", directory);
    NodeIdentity third = NodeIdentity.open("n1", directory);

    assertThat(second.incarnation()).isEqualTo(2);
    assertThat(third.incarnation()).isEqualTo(3);
    assertThat(third.log()).isEqualTo(second.log()).isEqualTo(first.log());
  }

  @Test
  void twoDirectoriesAreTwoLogs() {
    assertThat(NodeIdentity.open("n1", directory.resolve("a")).log())
        .isNotEqualTo(NodeIdentity.open("n1", directory.resolve("b")).log());
  }

  @Test
  void anotherNodesLogIsRefusedWithTheKeyToSet() {
    NodeIdentity.open("n1", directory);

    assertThatThrownBy(() -> NodeIdentity.open("n10", directory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'n1'")
        .hasMessageContaining("'n10'")
        .hasMessageContaining("handfast.node=n1")
        .hasMessageContaining("handfast.data-directory");
    assertThat(NodeIdentity.open("n1", directory).incarnation()).isEqualTo(2);
  }

  @Test
  void aDirectoryThatCannotBeOneIsNamed() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> NodeIdentity.open("n1", file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void transactionsAreNumberedFromOneAndNeverTwice() {
    NodeIdentity identity = NodeIdentity.open("n1", directory);
    NodeIdentity later = NodeIdentity.open("n1", directory);

    assertThat(identity.nextTransaction()).isEqualTo(new TransactionId("n1", identity.log(), 1, 1));
    assertThat(identity.nextTransaction().number()).isEqualTo(2);
    assertThat(later.nextTransaction()).isEqualTo(new TransactionId("n1", identity.log(), 2, 1));
  }

  @Test
  void aTransactionIsOfThisNodeByItsWholeNameAndOfThisLogByItsId() {
    NodeIdentity identity = new NodeIdentity("n1", "0a1b2c3d", 3);

    assertThat(identity.isOfThisNode(new TransactionId("n1", "ffffffff", 1, 1))).isTrue();
    assertThat(identity.isOfThisNode(new TransactionId("n10", "0a1b2c3d", 3, 1))).isFalse();
    assertThat(identity.isInThisLog(new TransactionId("n1", "0a1b2c3d", 1, 1))).isTrue();
    assertThat(identity.isInThisLog(new TransactionId("n1", "ffffffff", 3, 1))).isFalse();
    assertThat(identity.isInThisLog(new TransactionId("n10", "0a1b2c3d", 3, 1))).isFalse();
  }
}
