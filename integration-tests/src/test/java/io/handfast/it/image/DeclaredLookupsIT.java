package io.handfast.it.image;

import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.handfast.it.harness.ArtemisProcess;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.KeyPair;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import io.handfast.it.harness.Wire;
import io.handfast.it.image.Observation.Lookup;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whatever a coordinator asks for by name, while it does its work on a Java virtual machine, is
 * declared for the native image, where nothing that is not would be found.
 */
class DeclaredLookupsIT {
  private static final Orders SENT = Orders.upTo(400);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void whatIsAskedForByNameIsDeclared() throws Exception {
    assumeThat(RunnerProcess.isJar()).as("there is a virtual machine to watch").isTrue();
    Observation observation = new Observation(scene.directory());
    Declarations declarations = Declarations.of(RunnerProcess.runner());

    work(observation);

    List<Lookup> lookups = observation.lookups();
    assertThat(lookups)
        .as("what is known to be asked for, or nothing was observed")
        .extracting(Lookup::name)
        .contains(
            "com.atomikos.icatch.provider.Assembler",
            "de.dentrassi.crypto.pem.PemBundleKeyStore$Immutable",
            "de.dentrassi.crypto.pem.PemKeyStore$Immutable",
            "io.handfast.api.Problem",
            "org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnectorFactory",
            "org/h2/util/data.zip");
    assertThat(lookups.stream().filter(Lookup::isOursToDeclare).filter(not(declarations::has)))
        .as("asked for by name and not declared in io.handfast.image")
        .isEmpty();
  }

  /**
   * Two-phase commit over TLS with a crash in it and its recovery, clients, and a clean end. The
   * TLS is the broker's, with stores of its client's own.
   */
  private void work(Observation observation) throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders").slow(Duration.ofMillis(2));
    KeyPair keys = scene.keyPair();
    ArtemisProcess broker = scene.artemisWithTls(keys);
    Auditor auditor = new Auditor(broker.address(), table, scene.queue());
    Database files =
        new Database("jdbc:h2:" + scene.directory().resolve("files") + ";WRITE_DELAY=0", "sa", "");
    files.execute("CREATE TABLE t(a BIGINT PRIMARY KEY, b VARCHAR, c NUMERIC)");
    RunnerConfiguration configuration =
        new RunnerConfiguration()
            .set("handfast.node", "n1")
            .broker(broker.addressOverTls(keys))
            .database(scene.database())
            .set("handfast.database.\"files\".url", files.url())
            .set("handfast.database.\"files\".username", "sa")
            .set("handfast.client-sql", true)
            .set("handfast.recovery.interval", "PT1S")
            .delivery("orders", DeliverySpec.of(scene.queue(), table).batch(5).consumers(2));
    RunnerProcess coordinator =
        scene
            .coordinator("n1", configuration)
            .tamperedWith(observation.tampering().and(Tampering.QUICK_START))
            .start();
    coordinator.wire().sendLines(scene.queue(), SENT.ndjson());
    coordinator.kill9When(auditor::seesPrepared);
    coordinator.start();

    useAsAClient(coordinator.wire());
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    assertThat(coordinator.terminate().code()).isIn(0, 128 + 15);
  }

  private void useAsAClient(Wire wire) {
    String parcels = scene.queue() + ".parcels";
    assertThat(wire.sendJson(parcels, Orders.json(1)).status()).isEqualTo(201);
    assertThat(wire.putDelivery("parcels", DeliverySpec.fromQueue(parcels).pull().json()).status())
        .isEqualTo(201);
    assertThat(wire.receive("parcels", "max=1&wait=PT10S&transaction=parcel").status())
        .isEqualTo(200);
    assertThat(wire.rollback("parcel").status()).isEqualTo(200);
    assertThat(wire.deleteDelivery("parcels").status()).isEqualTo(204);
    assertThat(wire.delivery("none").status()).isEqualTo(404);
    assertThat(wire.putDelivery("none", "{}").status()).isEqualTo(400);

    String id = wire.begin().json().path("id").asText();
    assertThat(wire.receiveInside(id, parcels, "max=1&wait=PT10S").status()).isEqualTo(200);
    for (String sql :
        List.of(
            "INSERT INTO t VALUES (1, 'x', 2.5)",
            "SELECT a, UPPER(b), c, CURRENT_TIMESTAMP FROM t")) {
      String body = "{\"database\":\"files\",\"sql\":\"%s\"}".formatted(sql);
      assertThat(wire.run(id, body).status()).as(sql).isEqualTo(200);
    }
    assertThat(wire.sendInside(id, parcels + ".sent", "1").status()).isEqualTo(201);
    assertThat(wire.commit(id).status()).isEqualTo(200);
  }
}
