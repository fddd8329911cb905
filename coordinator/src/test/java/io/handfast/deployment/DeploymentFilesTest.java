package io.handfast.deployment;

import static io.smallrye.config.ConfigMappings.ConfigClass.configClass;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.handfast.node.ConfigurationInterfaces;
import io.handfast.node.NodeConfig;
import io.handfast.transaction.TransactionId;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The containers' and the cluster's files speak of the product as it is, and of each other. */
class DeploymentFilesTest {

  private static final Path FILES = Path.of("../src/main");
  private static final Path BASE = FILES.resolve("kubernetes/base");
  private static final List<Path> DOCKERFILES =
      List.of(Path.of("../Dockerfile"), FILES.resolve("docker/Dockerfile.native"));
  private static final Pattern VARIABLE = Pattern.compile("\\bHANDFAST_[A-Z0-9_]+");

  private final Map<String, JsonNode> documents = new TreeMap<>();
  private Map<String, String> properties;
  private JsonNode pod;
  private JsonNode container;

  @BeforeEach
  void read() throws IOException {
    for (String file : List.of("statefulset.yaml", "services.yaml")) {
      try (Reader text = Files.newBufferedReader(BASE.resolve(file))) {
        YAMLMapper yaml = new YAMLMapper();
        yaml.readerFor(JsonNode.class)
            .<JsonNode>readValues(text)
            .forEachRemaining(
                found -> documents.put(found.path("kind").asText() + named(found), found));
      }
    }
    pod = documents.get("StatefulSet handfast").at("/spec/template/spec");
    container = pod.at("/containers/0");
    properties = properties(BASE.resolve("application.properties"));
  }

  /** Unknown keys below handfast are refused, as they are by the product. */
  @Test
  void everyKeyOfTheClustersConfigurationIsOneOfTheProduct() {
    NodeConfig node = configuration().getConfigMapping(NodeConfig.class);

    assertThat(node.broker().url()).isPresent();
    assertThat(node.database().get(NodeConfig.DEFAULT_DATABASE).url()).isPresent();
  }

  @Test
  void everyEnvironmentVariableIsAKeyOfTheProduct() throws IOException {
    Set<String> known = new TreeSet<>();
    ConfigurationInterfaces.all().stream()
        .map(type -> ConfigMappings.getProperties(configClass(type)).keySet())
        .forEach(keys -> keys.forEach(key -> known.add(variable(key))));
    Set<String> used = new TreeSet<>();
    List<Path> files = new ArrayList<>(DOCKERFILES);
    files.add(FILES.resolve("docker/compose.yaml"));
    files.add(BASE.resolve("statefulset.yaml"));
    for (Path file : files) {
      VARIABLE.matcher(Files.readString(file)).results().map(MatchResult::group).forEach(used::add);
    }

    assertThat(known).contains("HANDFAST_NODE", "HANDFAST_DATABASE_URL");
    assertThat(used).contains("HANDFAST_NODE", "HANDFAST_DATA_DIRECTORY").isSubsetOf(known);
  }

  @Test
  void theDecisionLogIsOnTheVolumeEverywhere() throws IOException {
    String directory = properties.get("handfast.data-directory");

    assertThat(mount("log")).isEqualTo(directory);
    for (Path file : DOCKERFILES) {
      assertThat(Files.readAllLines(file))
          .contains("ENV HANDFAST_DATA_DIRECTORY=" + directory, "VOLUME " + directory);
    }
    assertThat(compose().at("/coordinator/volumes/0").asText())
        .isEqualTo("coordinator:" + directory);
  }

  @Test
  void configurationIsWhereTheProgramLooksForIt() throws IOException {
    for (Path file : DOCKERFILES) {
      String home = mount("configuration").replace("/config", "");
      assertThat(Files.readAllLines(file)).contains("WORKDIR " + home);
    }
  }

  @Test
  void portsAndPathsAreThoseOfTheProduct() {
    int port = Integer.parseInt(properties.get("quarkus.http.port"));

    assertThat(container.at("/ports/0/containerPort").asInt()).isEqualTo(port);
    for (String service : List.of("Service handfast", "Service handfast-nodes")) {
      assertThat(documents.get(service).at("/spec/ports/0/port").asInt()).isEqualTo(port);
      assertThat(documents.get(service).at("/spec/ports/0/targetPort"))
          .isEqualTo(probe("readiness").at("/port"));
    }
    assertThat(documents.get("StatefulSet handfast").at("/spec/serviceName").asText())
        .isEqualTo("handfast-nodes");
    assertThat(probe("readiness").path("path").asText()).isEqualTo("/q/health/ready");
    assertThat(probe("startup").path("path").asText()).isEqualTo("/q/health/live");
    assertThat(probe("liveness").path("path").asText()).isEqualTo("/q/health/live");
  }

  @Test
  void whatIsInHandEndsBeforeTheKill() throws IOException {
    SmallRyeConfig configuration = configuration();
    Duration timeout = configuration.getConfigMapping(NodeConfig.class).shutdownTimeout();

    assertThat(pod.path("terminationGracePeriodSeconds").asLong())
        .isGreaterThan(timeout.toSeconds() + 5);
    assertThat(Duration.parse("PT" + compose().at("/coordinator/stop_grace_period").asText()))
        .isGreaterThan(timeout);
  }

  @Test
  void everyPodsNameIsANodesName() {
    String name = documents.get("StatefulSet handfast").at("/metadata/name").asText();

    assertThat(container.at("/env/0/name").asText()).isEqualTo("HANDFAST_NODE");
    assertThat(container.at("/env/0/valueFrom/fieldRef/fieldPath").asText())
        .isEqualTo("metadata.name");
    assertThat(List.of(name + "-0", name + "-10", name + "-999"))
        .allMatch(node -> TransactionId.NODE_NAME.matcher(node).matches());
  }

  /** Kustomize would fail at a member that is not there, and `.ci/manifests` may be left out. */
  @Test
  void whatADisposableNodeDoesWithoutIsInTheStatefulSet() throws IOException {
    JsonNode set = documents.get("StatefulSet handfast");
    String component = Files.readString(FILES.resolve("kubernetes/disposable/kustomization.yaml"));
    List<String> removed =
        Pattern.compile("op: remove, path: ([^}]+)}")
            .matcher(component)
            .results()
            .map(found -> found.group(1))
            .toList();

    assertThat(removed)
        .contains("/spec/volumeClaimTemplates", "/spec/template/spec/containers/0/env/0")
        .allSatisfy(path -> assertThat(set.at(path).isMissingNode()).as(path).isFalse());
    assertThat(component).contains("{name: log, emptyDir:");
  }

  @Test
  void everySecretIsNamedInThePageThatSaysHowToMakeIt() throws IOException {
    String page = Files.readString(Path.of("../docs/operating/kubernetes.md"));
    List<String> keys =
        container.findValues("secretKeyRef").stream().map(s -> s.path("key").asText()).toList();

    assertThat(keys)
        .hasSizeGreaterThan(4)
        .allSatisfy(key -> assertThat(page).contains("--from-literal=" + key + "="));
  }

  @Test
  void thePodIsTheImagesUser() throws IOException {
    String user = pod.at("/securityContext/runAsUser").asText();

    for (Path file : DOCKERFILES) {
      assertThat(Files.readAllLines(file)).contains("USER %s:%s".formatted(user, user));
    }
  }

  /** What is said of the image, what it needs, and what it does when memory is used up. */
  @Test
  void bothImagesAreLabelledAndEndWhenMemoryIsUsedUp() throws IOException {
    for (Path file : DOCKERFILES) {
      assertThat(Files.readString(file))
          .contains("org.opencontainers.image.version", "org.opencontainers.image.licenses")
          .containsPattern("ENTRYPOINT .*\"-XX:\\+ExitOnOutOfMemoryError\"");
    }
  }

  @Test
  void composeRunsTheBrokerThatTestsRun() throws IOException {
    Matcher version =
        Pattern.compile("<version.artemis>(.*)</").matcher(Files.readString(Path.of("../pom.xml")));

    assertThat(version.find()).isTrue();
    assertThat(compose().at("/broker/image").asText())
        .isEqualTo("apache/artemis:" + version.group(1));
  }

  private SmallRyeConfig configuration() {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .withSources(new PropertiesConfigSource(properties, "application.properties", 100));
    ConfigurationInterfaces.all().forEach(builder::withMapping);
    return builder.build();
  }

  private static String variable(String key) {
    return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }

  private String mount(String volume) {
    for (JsonNode mount : container.path("volumeMounts")) {
      if (mount.path("name").asText().equals(volume)) {
        return mount.path("mountPath").asText();
      }
    }
    throw new AssertionError("no mount of " + volume);
  }

  private JsonNode probe(String name) {
    return container.path(name + "Probe").path("httpGet");
  }

  private static JsonNode compose() throws IOException {
    return new YAMLMapper()
        .readTree(FILES.resolve("docker/compose.yaml").toFile())
        .path("services");
  }

  private static String named(JsonNode document) {
    return " " + document.at("/metadata/name").asText();
  }

  private static Map<String, String> properties(Path file) throws IOException {
    Properties read = new Properties();
    try (Reader text = Files.newBufferedReader(file)) {
      read.load(text);
    }
    return read.stringPropertyNames().stream()
        .collect(Collectors.toMap(key -> key, read::getProperty));
  }
}
