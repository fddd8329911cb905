package io.handfast.documents;

import static io.smallrye.config.ConfigMappings.ConfigClass.configClass;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.node.ConfigurationInterfaces;
import io.smallrye.config.ConfigMappingInterface.Property;
import io.smallrye.config.ConfigMappings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The table of keys has every key with its default, and no other. */
class ConfigurationTableTest {

  private static final Document PAGE = Document.at("docs/reference/configuration.md");

  /** Keys of these have the fields of the REST API, or of each other. */
  private static final List<String> SAID_ONCE = List.of("handfast.deliveries", "handfast.database");

  private static Map<String, Property> known() {
    Map<String, Property> known = new TreeMap<>();
    ConfigurationInterfaces.all()
        .forEach(type -> known.putAll(ConfigMappings.getProperties(configClass(type))));
    known.keySet().removeIf(key -> isSaidOnce(key) || key.endsWith("[*]"));
    return known;
  }

  private static boolean isSaidOnce(String key) {
    return SAID_ONCE.stream().anyMatch(key::startsWith);
  }

  /** Each key, with what stands as its default. */
  private static Map<String, String> documented() {
    Map<String, String> documented = new TreeMap<>();
    for (List<String> row : PAGE.rows("## Keys")) {
      List<String> keys = keysIn(row.get(0));
      List<String> defaults = Arrays.asList(row.get(1).split(", (?=`)"));
      for (int i = 0; i < keys.size(); i++) {
        documented.put(keys.get(i), i < defaults.size() ? defaults.get(i) : defaults.get(0));
      }
    }
    documented.keySet().removeIf(key -> isSaidOnce(key) || !key.startsWith("handfast."));
    return documented;
  }

  /** {@code `a.b`, `.c`} are the keys a.b and a.c. */
  private static List<String> keysIn(String cell) {
    List<String> keys = new ArrayList<>();
    for (String part : cell.replace("`", "").replace("\"name\"", "*").split(", ")) {
      String first = keys.isEmpty() ? "" : keys.get(0);
      keys.add(part.startsWith(".") ? first.substring(0, first.lastIndexOf('.')) + part : part);
    }
    return keys;
  }

  @Test
  void everyKeyIsThereAndNoOther() {
    assertThat(documented().keySet()).isEqualTo(known().keySet());
    assertThat(documented()).hasSizeGreaterThan(20);
  }

  @Test
  void everyDefaultIsTheOneThatIsMeant() {
    Map<String, String> documented = documented();

    known()
        .forEach(
            (key, property) -> {
              if (property.hasDefaultValue()) {
                assertThat(documented.get(key))
                    .as(key)
                    .isEqualTo("`" + property.getDefaultValue() + "`");
              } else {
                assertThat(documented.get(key)).as(key).doesNotMatch("`[A-Z0-9]\\w*`");
              }
            });
  }
}
