package io.handfast.log;

import static io.handfast.log.LogFixture.BOTH;
import static io.handfast.log.LogFixture.copy;
import static io.handfast.log.LogFixture.endOfRecords;
import static io.handfast.log.LogFixture.files;
import static io.handfast.log.LogFixture.id;
import static io.handfast.log.LogFixture.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.log.DecisionLog.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash may leave behind is taken; what it may not is refused. */
class DamagedLogTest {

  private static final int DECISIONS = 3;

  @TempDir Path directory;

  /** The files as a kill leaves them, with so many decisions of which the last may be torn. */
  private Path killed(int decisions) throws IOException {
    Path log = directory.resolve("log");
    Path killed = directory.resolve("killed");
    try (JournalDecisionLog open = open(log)) {
      for (int number = 1; number <= decisions; number++) {
        open.decide(id(number), BOTH);
      }
      copy(log, killed);
    }
    return killed;
  }

  private static void assertThatTheLastIsDroppedOrWhole(Path torn, int tornAt) {
    boolean isThere;
    try (JournalDecisionLog log = open(torn)) {
      assertThat(log.decisionOf(id(1))).as("torn at %d", tornAt).isEqualTo(Verdict.COMMIT);
      assertThat(log.decisionOf(id(2))).as("torn at %d", tornAt).isEqualTo(Verdict.COMMIT);
      isThere = log.decisionOf(id(3)) == Verdict.COMMIT;
      assertThat(log.isCertain()).isTrue();
    }
    try (JournalDecisionLog log = open(torn)) {
      assertThat(log.decisionOf(id(3)) == Verdict.COMMIT)
          .as("torn at %d, the start after", tornAt)
          .isEqualTo(isThere);
    }
  }

  /** A file as it was, and where its last record is. */
  private record Tail(Path killed, String file, byte[] bytes, int begin, int end) {}

  private Tail tail() throws IOException {
    Path killed = killed(DECISIONS);
    Path file = files(killed).get(0);
    byte[] bytes = Files.readAllBytes(file);
    int end = endOfRecords(bytes);
    int length = bytes[end - 1] & 0xff | (bytes[end - 2] & 0xff) << 8; // the frame ends with it
    return new Tail(killed, killed.relativize(file).toString(), bytes, end - length, end);
  }

  private Path with(Tail tail, int at, byte[] bytes) throws IOException {
    Path torn = copy(tail.killed(), directory.resolve("torn-" + at));
    Files.write(torn.resolve(tail.file()), bytes);
    return torn;
  }

  @Test
  void aLastRecordCutOffAtAnyByteIsDropped() throws IOException {
    Tail tail = tail();
    for (int at = tail.begin(); at < tail.end(); at++) {
      assertThatTheLastIsDroppedOrWhole(with(tail, at, Arrays.copyOf(tail.bytes(), at)), at);
    }
  }

  @Test
  void aLastRecordThatIsNotWrittenFromAnyByteOnIsDropped() throws IOException {
    Tail tail = tail();
    for (int at = tail.begin(); at < tail.end(); at++) {
      byte[] zeroed = tail.bytes().clone();
      Arrays.fill(zeroed, at, tail.end(), (byte) 0);
      assertThatTheLastIsDroppedOrWhole(with(tail, at, zeroed), at);
    }
  }

  @Test
  void aLastRecordThatIsGarbageFromAnyByteOnIsDropped() throws IOException {
    Tail tail = tail();
    Random random = new Random(4);
    for (int at = tail.begin(); at < tail.end(); at++) {
      byte[] garbage = new byte[tail.end() - at];
      random.nextBytes(garbage);
      byte[] bytes = tail.bytes().clone();
      System.arraycopy(garbage, 0, bytes, at, garbage.length);
      assertThatTheLastIsDroppedOrWhole(with(tail, at, bytes), at);
    }
  }

  /** Some bytes of the journal's frames mean nothing here. */
  @Test
  void aFlippedBitInAnyByteBeforeTheLastRecordIsRefusedWithTheFileOrChangesNothing()
      throws IOException {
    Tail tail = tail();
    int refused = 0;
    for (int at = 0; at < tail.begin(); at++) {
      byte[] flipped = tail.bytes().clone();
      flipped[at] ^= 1 << at % Byte.SIZE;
      try (JournalDecisionLog log = open(with(tail, at, flipped))) {
        assertThat(log.unconfirmed())
            .as("flipped in byte %d", at)
            .containsOnlyKeys(id(1), id(2), id(3));
      } catch (IllegalStateException e) {
        refused++;
        assertThat(e)
            .as("flipped in byte %d", at)
            .hasMessageContaining(".journal")
            .hasMessageContaining("handfast.data-directory");
      }
    }
    assertThat(refused).isGreaterThan(tail.begin() * 3 / 4);
  }

  @Test
  void aFlippedBitInAnyRecordOfALogThatWasClosedInOrderIsRefused() throws IOException {
    Path log = directory.resolve("log");
    try (JournalDecisionLog open = open(log)) {
      open.decide(id(1), BOTH);
    }
    Path file = files(log).get(0);
    byte[] bytes = Files.readAllBytes(file);
    int at = indexOf(bytes, id(1).toString());
    bytes[at] ^= 1;
    Files.write(file, bytes);

    assertThatThrownBy(() -> open(log))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("record 2 in " + file.getFileName() + " does not match its checksum");
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  @Test
  void aMiddleFileThatIsLostIsRefused() throws IOException {
    Path killed = killed(600);
    assertThat(files(killed)).hasSizeGreaterThan(3);
    Files.delete(files(killed).get(1));

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("is followed by a hole");
  }

  @Test
  void aFileUnderAnotherFilesNameIsRefused() throws IOException {
    Path killed = killed(400);
    Files.copy(files(killed).get(0), files(killed).get(0).resolveSibling("decisions-99.journal"));

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("decisions-99.journal does not begin as its name says");
  }

  @Test
  void aLostGenerationIsRefused() throws IOException {
    Path killed = killed(1);
    for (Path file : files(killed)) {
      Files.delete(file);
    }
    Files.delete(killed.resolve("generation-1"));

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("generation-1, which is not there");
  }

  @Test
  void aLostPointerIsRefusedWhereDecisionsWereMade() throws IOException {
    Path killed = killed(1);
    Files.delete(killed.resolve("current.properties"));

    assertThatThrownBy(() -> open(killed)).isInstanceOf(DamagedLogException.class);
  }

  @Test
  void aFirstStartThatCrashedBeforeItsLogWasInForceIsBegunAgain() throws IOException {
    Path killed = killed(0);
    Files.delete(killed.resolve("current.properties"));

    try (JournalDecisionLog log = open(killed)) {
      assertThat(log.identity().start()).isEqualTo(1);
    }
  }

  @Test
  void aStartThatCrashedBeforeItsGenerationWasInForceLeavesTheOneBefore() throws IOException {
    Path killed = killed(2);
    copy(killed.resolve("generation-1"), killed.resolve("generation-2"));
    Files.write(files(killed.resolve("generation-2")).get(0), new byte[100]);

    try (JournalDecisionLog log = open(killed)) {
      assertThat(log.unconfirmed()).containsOnlyKeys(id(1), id(2));
      assertThat(killed.resolve("generation-1")).doesNotExist();
    }
  }

  @Test
  void aNewerFormatIsRefusedWhereverItSaysSo() throws IOException {
    Path killed = killed(1);
    Path pointer = killed.resolve("current.properties");
    String present = Files.readString(pointer);
    Files.writeString(pointer, present.replace("format=4", "format=5"));

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(NewerFormatException.class)
        .hasMessageContaining("newer Handfast");

    Files.writeString(pointer, present);
    Path file = files(killed).get(0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[7] = 5; // the user's version in the journal's file header
    Files.write(file, bytes);

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(NewerFormatException.class)
        .hasMessageContaining(file.getFileName().toString());
  }

  @Test
  void aPointerThatSaysNothingIsRefused() throws IOException {
    Path killed = killed(1);
    Files.writeString(killed.resolve("current.properties"), "generation=\n");

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("current.properties");
  }
}
