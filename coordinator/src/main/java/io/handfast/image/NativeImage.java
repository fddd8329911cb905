package io.handfast.image;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.runtime.annotations.RegisterResources;

/**
 * Declares for the native image every class, resource and service file that is reached by name,
 * each with its reason. Nothing else is declared anywhere, but one thing that only a build argument
 * can say: which classes are initialised when the process starts and not when the image is built.
 * Those stand in the profile {@code native} of {@code coordinator/pom.xml}.
 *
 * <p>Annotations rather than metadata files: here a reason can stand beside each, {@code javac}
 * reads it, and Quarkus writes the file for whatever GraalVM expects. What is missing is found by
 * {@code DeclaredLookupsIT}, on a Java virtual machine: a process that is watched does its work,
 * and what it has asked for by name must stand here. What has gone is found by {@code
 * NativeImageTest}. What Quarkus' extensions bring and use they declare themselves.
 */
final class NativeImage {
  private NativeImage() {}

  /**
   * Atomikos finds its parts by service files: the assembler, ours before its own, and the plugin
   * that JTA is to it. It finds a logger by name, and its defaults in a file.
   */
  @RegisterForReflection(
      classNames = {
        "com.atomikos.icatch.jta.JtaTransactionServicePlugin",
        "com.atomikos.icatch.provider.imp.AssemblerImp",
        "com.atomikos.logging.Slf4JLoggerFactoryDelegate",
        "io.handfast.atomikos.HandfastAssembler",
        "org.slf4j.impl.StaticLoggerBinder"
      })
  @RegisterResources(
      globs = {"META-INF/services/com.atomikos.**", "transactions-defaults.properties"})
  static final class Atomikos {
    private Atomikos() {}
  }

  /**
   * The Artemis client makes its transport, its load balancing and its protocol from names that are
   * settings of a connection, and TLS contexts from service files.
   */
  @RegisterForReflection(
      classNames = {
        "org.apache.activemq.artemis.api.core.client.loadbalance.FirstElementConnectionLoadBalancingPolicy",
        "org.apache.activemq.artemis.api.core.client.loadbalance.RandomConnectionLoadBalancingPolicy",
        "org.apache.activemq.artemis.api.core.client.loadbalance.RandomStickyConnectionLoadBalancingPolicy",
        "org.apache.activemq.artemis.api.core.client.loadbalance.RoundRobinConnectionLoadBalancingPolicy",
        "org.apache.activemq.artemis.core.protocol.core.impl.ActiveMQClientProtocolManagerFactory",
        "org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnectorFactory",
        "org.apache.activemq.artemis.core.remoting.impl.ssl.DefaultOpenSSLContextFactory",
        "org.apache.activemq.artemis.core.remoting.impl.ssl.DefaultSSLContextFactory"
      })
  @RegisterResources(
      globs = {"META-INF/services/org.apache.activemq.artemis.**", "activemq-version.properties"})
  static final class ArtemisClient {
    private ArtemisClient() {}
  }

  /**
   * What {@code keyStoreType} and {@code trustStoreType} of a broker's URL can be beside Java's own
   * kinds: a security provider gives Java the names of these, and Java makes them.
   */
  @RegisterForReflection(
      classNames = {
        "de.dentrassi.crypto.pem.PemBundleKeyStore$Immutable",
        "de.dentrassi.crypto.pem.PemBundleKeyStore$Mutable",
        "de.dentrassi.crypto.pem.PemConfigKeyStore$Immutable",
        "de.dentrassi.crypto.pem.PemConfigKeyStore$Mutable",
        "de.dentrassi.crypto.pem.PemKeyStore$Immutable",
        "de.dentrassi.crypto.pem.PemKeyStore$Mutable"
      })
  static final class PemStores {
    private PemStores() {}
  }

  /**
   * A broker's URL sets properties of these by their names, through Commons BeanUtils, which looks
   * for a setter in a class and in all that it extends and implements.
   */
  @RegisterForReflection(
      classNames = {
        "jakarta.jms.ConnectionFactory",
        "jakarta.jms.QueueConnectionFactory",
        "jakarta.jms.TopicConnectionFactory",
        "jakarta.jms.XAConnectionFactory",
        "jakarta.jms.XAQueueConnectionFactory",
        "jakarta.jms.XATopicConnectionFactory",
        "org.apache.activemq.artemis.api.core.client.ServerLocator",
        "org.apache.activemq.artemis.core.client.impl.ServerLocatorImpl",
        "org.apache.activemq.artemis.core.client.impl.ServerLocatorInternal",
        "org.apache.activemq.artemis.core.cluster.DiscoveryListener",
        "org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory",
        "org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory",
        "org.apache.activemq.artemis.jndi.JNDIStorable",
        "org.apache.activemq.artemis.uri.schema.serverLocator.ConnectionOptions"
      })
  static final class ArtemisUrls {
    private ArtemisUrls() {}
  }

  /**
   * Artemis generates a class for each interface of log messages and errors, and finds it by its
   * name: those of the client.
   */
  @RegisterForReflection(
      classNames = {
        "org.apache.activemq.artemis.core.client.ActiveMQClientLogger_impl",
        "org.apache.activemq.artemis.core.client.ActiveMQClientMessageBundle_impl",
        "org.apache.activemq.artemis.jms.client.ActiveMQJMSClientBundle_impl",
        "org.apache.activemq.artemis.jms.client.ActiveMQJMSClientLogger_impl",
        "org.apache.activemq.artemis.logs.ActiveMQUtilBundle_impl",
        "org.apache.activemq.artemis.logs.ActiveMQUtilLogger_impl",
        "org.apache.activemq.artemis.logs.AuditLogger_impl"
      })
  static final class ArtemisMessages {
    private ArtemisMessages() {}
  }

  /**
   * H2 tries the file systems that it may have, reads from its file which data types a map of it
   * holds, and keeps its help and its tables of types in an archive.
   */
  @RegisterForReflection(
      classNames = {
        "org.h2.mvstore.db.LobStorageMap$BlobMeta$Type",
        "org.h2.mvstore.db.LobStorageMap$BlobReference$Type",
        "org.h2.mvstore.db.NullValueDataType",
        "org.h2.mvstore.db.RowDataType$Factory",
        "org.h2.mvstore.db.ValueDataType",
        "org.h2.mvstore.db.ValueDataType$Factory",
        "org.h2.mvstore.tx.VersionedValueType$Factory",
        "org.h2.mvstore.type.ByteArrayDataType",
        "org.h2.mvstore.type.IntegerDataType",
        "org.h2.mvstore.type.LongDataType",
        "org.h2.mvstore.type.ObjectDataType",
        "org.h2.mvstore.type.StringDataType",
        "org.h2.store.fs.async.FilePathAsync",
        "org.h2.store.fs.mem.FilePathMem",
        "org.h2.store.fs.mem.FilePathMemLZF",
        "org.h2.store.fs.niomapped.FilePathNioMapped",
        "org.h2.store.fs.niomem.FilePathNioMem",
        "org.h2.store.fs.niomem.FilePathNioMemLZF",
        "org.h2.store.fs.retry.FilePathRetryOnInterrupt",
        "org.h2.store.fs.split.FilePathSplit",
        "org.h2.store.fs.zip.FilePathZip"
      })
  @RegisterResources(globs = "org/h2/util/data.zip")
  static final class H2 {
    private H2() {}
  }

  /**
   * The embedded database is opened through DriverManager, which finds drivers as services;
   * PostgreSQL's data source names its driver.
   */
  @RegisterForReflection(classNames = {"org.h2.Driver", "org.postgresql.Driver"})
  @RegisterResources(globs = "META-INF/services/java.sql.Driver")
  static final class Drivers {
    private Drivers() {}
  }

  /**
   * Kafka's client reads records that were compressed with LZ4 through a library that makes its
   * parts from names: those in plain Java, the faster ones first. What Quarkus' extension does not
   * bring it cannot do without machine code in the image: records compressed with Zstandard, and
   * with Snappy, for which that extension would write a file at each start.
   */
  @RegisterForReflection(
      classNames = {
        "net.jpountz.lz4.LZ4HCJavaSafeCompressor",
        "net.jpountz.lz4.LZ4HCJavaUnsafeCompressor",
        "net.jpountz.lz4.LZ4JavaSafeCompressor",
        "net.jpountz.lz4.LZ4JavaSafeFastDecompressor",
        "net.jpountz.lz4.LZ4JavaSafeSafeDecompressor",
        "net.jpountz.lz4.LZ4JavaUnsafeCompressor",
        "net.jpountz.lz4.LZ4JavaUnsafeFastDecompressor",
        "net.jpountz.lz4.LZ4JavaUnsafeSafeDecompressor",
        "net.jpountz.xxhash.StreamingXXHash32JavaSafe$Factory",
        "net.jpountz.xxhash.StreamingXXHash32JavaUnsafe$Factory",
        "net.jpountz.xxhash.StreamingXXHash64JavaSafe$Factory",
        "net.jpountz.xxhash.StreamingXXHash64JavaUnsafe$Factory",
        "net.jpountz.xxhash.XXHash32JavaSafe",
        "net.jpountz.xxhash.XXHash32JavaUnsafe",
        "net.jpountz.xxhash.XXHash64JavaSafe",
        "net.jpountz.xxhash.XXHash64JavaUnsafe"
      })
  static final class Lz4 {
    private Lz4() {}
  }

  /**
   * The SDK of SQS finds credentials of a role in a profile, and of a web identity, in a module
   * that may be missing; its client for these asks services which one speaks HTTP.
   */
  @RegisterForReflection(
      classNames = {
        "software.amazon.awssdk.http.urlconnection.UrlConnectionSdkHttpService",
        "software.amazon.awssdk.services.sts.internal.StsProfileCredentialsProviderFactory",
        "software.amazon.awssdk.services.sts.internal.StsWebIdentityCredentialsProviderFactory"
      })
  @RegisterResources(globs = "META-INF/services/software.amazon.awssdk.http.SdkHttpService")
  static final class AmazonSdk {
    private AmazonSdk() {}
  }

  /**
   * What is written as JSON beside the answers of the resources, which Quarkus declares by the
   * types that their methods return: the problem, which exception mappers and filters write, and
   * what the events hold.
   */
  @RegisterForReflection(
      classNames = {
        "io.handfast.api.Problem",
        "io.handfast.input.Violation",
        "io.handfast.live.Snapshot",
        "io.handfast.live.Snapshot$Flow",
        "io.handfast.live.Snapshot$Progress",
        "io.handfast.live.Snapshot$StateChange"
      })
  static final class Answers {
    private Answers() {}
  }
}
