package io.handfast.it.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.KeyPair;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.TokenIssuer;
import io.handfast.it.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tokens of an issuer that is reached over TLS. What fetches its keys is Vert.x' client: the only
 * one that makes a TLS context with Netty where the broker is spoken to without TLS.
 */
class TokensIT {
  @RegisterExtension final Scene scene = new Scene();

  private Wire wire;

  @Test
  void aTokenOfAnIssuerOverTlsHasItsRole() throws Exception {
    KeyPair certificate = scene.keyPair();
    TokenIssuer issuer = scene.closing(new TokenIssuer(certificate));
    wire =
        scene
            .coordinator(
                "n1",
                scene
                    .external("n1")
                    .set("quarkus.oidc.auth-server-url", issuer.url())
                    .set("quarkus.oidc.tls.tls-configuration-name", "issuer")
                    .set("quarkus.tls.issuer.trust-store.pem.certs", certificate.certificate()))
            .start()
            .wire();

    assertThat(with(issuer.token("vera", "viewer"), "GET /v1/deliveries"))
        .startsWith("HTTP/1.1 200");
    assertThat(with(issuer.token("vera", "viewer"), "POST /v1/recovery/scans"))
        .startsWith("HTTP/1.1 403");
    assertThat(with(issuer.forgedToken("otto", "operator"), "GET /v1/deliveries"))
        .startsWith("HTTP/1.1 401");
  }

  private String with(String token, String request) {
    return wire.raw(request + " HTTP/1.1", "Host: localhost", "Authorization: Bearer " + token);
  }
}
