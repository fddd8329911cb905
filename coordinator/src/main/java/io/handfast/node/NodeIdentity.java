package io.handfast.node;

import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Who this process is: the node's name, the id of its decision log, and its incarnation.
 *
 * <p>The incarnation counts the starts on one log; it is durable before the first transaction id of
 * the incarnation exists. Thread-safe.
 */
public final class NodeIdentity {

  private static final String FILE = "identity.properties";
  private static final String LOG = "log";
  private static final String NODE = "node";
  private static final String INCARNATION = "incarnation";

  private final String node;
  private final String log;
  private final long incarnation;
  private final AtomicLong transactions = new AtomicLong();

  /** An identity as given; {@link #open} is how a process gets its own. */
  public NodeIdentity(String node, String log, long incarnation) {
    this.node = node;
    this.log = log;
    this.incarnation = incarnation;
  }

  /**
   * Begins the next incarnation of a node on the log in a directory.
   *
   * @throws IllegalStateException the log belongs to a node of another name
   * @throws UncheckedIOException the directory cannot be read or written
   */
  public static NodeIdentity open(String node, Path directory) {
    try {
      Files.createDirectories(directory);
      Path file = directory.resolve(FILE);
      Properties known = read(file);
      String owner = known.getProperty(NODE, node);
      if (!owner.equals(node)) {
        throw new IllegalStateException(
            "the decision log in %s belongs to node '%s', not to '%s': set handfast.node=%s, or point handfast.data-directory at a directory of its own"
                .formatted(directory, owner, node, owner));
      }
      NodeIdentity identity =
          new NodeIdentity(
              node, known.getProperty(LOG, newLogId()), incarnationIn(known, file) + 1);
      identity.write(file);
      return identity;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the decision log's directory cannot be used: " + directory, e);
    }
  }

  public String node() {
    return node;
  }

  /** The id of the decision log, 8 hexadecimal digits. */
  public String log() {
    return log;
  }

  public long incarnation() {
    return incarnation;
  }

  /** A transaction id that no process has used and none will use again. */
  public TransactionId nextTransaction() {
    return new TransactionId(node, log, incarnation, transactions.incrementAndGet());
  }

  /** Whether a transaction was begun by a node of this name, on whatever log. */
  public boolean isOfThisNode(TransactionId id) {
    return id.node().equals(node);
  }

  /** Whether the decision on a transaction would be in this node's present log. */
  public boolean isInThisLog(TransactionId id) {
    return isOfThisNode(id) && id.log().equals(log);
  }

  private static long incarnationIn(Properties known, Path file) {
    try {
      return Long.parseLong(known.getProperty(INCARNATION, "0"));
    } catch (NumberFormatException e) {
      throw new IllegalStateException(
          "%s is damaged: incarnation is '%s'; restore it from a back-up that is newer than every prepared branch of this node"
              .formatted(file, known.getProperty(INCARNATION)),
          e);
    }
  }

  private static Properties read(Path file) throws IOException {
    Properties properties = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      }
    }
    return properties;
  }

  private static String newLogId() {
    byte[] random = new byte[4];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private void write(Path file) throws IOException {
    Properties properties = new Properties();
    properties.setProperty(NODE, node);
    properties.setProperty(LOG, log);
    properties.setProperty(INCARNATION, Long.toString(incarnation));
    StringWriter text = new StringWriter();
    properties.store(text, "Handfast: do not edit. Branch ids carry these values.");
    DurableFile.replace(file, text.toString());
  }
}
