package io.handfast.image;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.CipherSuiteFilter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextOption;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * Replaces methods of Netty that cannot be linked into the native image; Quarkus' own substitutions
 * are for older versions of Netty. {@code NettySubstitutionsTest} finds what is missing here, and
 * what Quarkus has learned to do itself.
 */
final class NettySubstitutions {
  private NettySubstitutions() {}
}

/**
 * Netty 4.1.136 added an overload with {@code startTls}, which {@code SslContextBuilder} calls.
 * Quarkus 3.33.2 replaces the older one only, so OpenSSL's contexts, whose library is not on the
 * class path, become a part of the image and it does not link (quarkusio/quarkus#55626, in Quarkus
 * from 3.33.3.1 on).
 */
@TargetClass(className = "io.netty.handler.ssl.SslContext")
final class Target_io_netty_handler_ssl_SslContext {
  /**
   * Makes the context of the JDK, the only one in the image; that one has no use for {@code
   * startTls} in Netty either. It makes it by itself: calling the older overload through an alias
   * overflows the stack, since Netty's older overload calls this one.
   */
  @Substitute
  @SuppressWarnings("unused") // the parameters are those of the method that this replaces
  static SslContext newClientContextInternal(
      SslProvider provider,
      Provider sslContextProvider,
      X509Certificate[] trustCert,
      TrustManagerFactory trustManagerFactory,
      X509Certificate[] keyCertChain,
      PrivateKey key,
      String keyPassword,
      KeyManagerFactory keyManagerFactory,
      Iterable<String> ciphers,
      CipherSuiteFilter cipherFilter,
      ApplicationProtocolConfig apn,
      String[] protocols,
      long sessionCacheSize,
      long sessionTimeout,
      boolean startTls,
      boolean enableOcsp,
      SecureRandom secureRandom,
      String keyStoreType,
      String endpointIdentificationAlgorithm,
      Map.Entry<SslContextOption<?>, Object>... options)
      throws SSLException {
    if (enableOcsp) {
      throw new IllegalArgumentException(
          "OCSP needs OpenSSL, which the native image does not have");
    }
    return (SslContext)
        (Object)
            new Target_io_netty_handler_ssl_JdkSslClientContext(
                sslContextProvider,
                trustCert,
                trustManagerFactory,
                keyCertChain,
                key,
                keyPassword,
                keyManagerFactory,
                ciphers,
                cipherFilter,
                apn,
                protocols,
                sessionCacheSize,
                sessionTimeout,
                secureRandom,
                keyStoreType,
                endpointIdentificationAlgorithm,
                new Target_io_netty_handler_ssl_ResumptionController());
  }
}

/** Netty's class by another name, since its constructor is private to its package. */
@TargetClass(className = "io.netty.handler.ssl.JdkSslClientContext")
final class Target_io_netty_handler_ssl_JdkSslClientContext {
  @Alias
  @SuppressWarnings("unused") // the body is Netty's
  Target_io_netty_handler_ssl_JdkSslClientContext(
      Provider sslContextProvider,
      X509Certificate[] trustCert,
      TrustManagerFactory trustManagerFactory,
      X509Certificate[] keyCertChain,
      PrivateKey key,
      String keyPassword,
      KeyManagerFactory keyManagerFactory,
      Iterable<String> ciphers,
      CipherSuiteFilter cipherFilter,
      ApplicationProtocolConfig apn,
      String[] protocols,
      long sessionCacheSize,
      long sessionTimeout,
      SecureRandom secureRandom,
      String keyStoreType,
      String endpointIdentificationAlgorithm,
      Target_io_netty_handler_ssl_ResumptionController resumptionController)
      throws SSLException {}
}

/** Netty's class by another name, since it is private to its package. */
@TargetClass(className = "io.netty.handler.ssl.ResumptionController")
final class Target_io_netty_handler_ssl_ResumptionController {
  @Alias
  Target_io_netty_handler_ssl_ResumptionController() {}
}
