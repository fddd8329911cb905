package io.handfast.artemis;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.artemis.CopiedProperties.Decision;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.api.core.FilterConstants;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every property of the broker's own is decided on, and the page says what the code does. */
class CopiedPropertiesTest {

  private static final Path PAGE = Path.of("..", "docs", "reference", "messages.md");
  private static final Pattern ROW =
      Pattern.compile("^\\| `([^`]+)` \\| (always|same message|never) \\|", Pattern.MULTILINE);

  @Test
  void everyPropertyThatArtemisNamesIsDecidedOn() {
    List<String> named =
        Arrays.stream(Message.class.getFields())
            .filter(field -> field.getName().startsWith("HDR_"))
            .map(CopiedPropertiesTest::value)
            .toList();

    assertThat(named).hasSizeGreaterThan(18).contains("_AMQ_DUPL_ID");
    assertThat(named).allMatch(CopiedPropertiesTest::isDecided, "is in the table");
    assertThat(FilterConstants.NATIVE_MESSAGE_ID).matches(CopiedPropertiesTest::isDecided);
  }

  private static boolean isDecided(String name) {
    return CopiedProperties.all().containsKey(name)
        || CopiedProperties.all().containsKey(name + "*");
  }

  private static String value(Field constant) {
    try {
      return String.valueOf((SimpleString) constant.get(null));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void thePageSaysWhatIsDecided() throws IOException {
    Map<String, Decision> written = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(PAGE));
    while (row.find()) {
      Decision decision = Decision.valueOf(row.group(2).replace(' ', '_').toUpperCase(Locale.ROOT));
      written.put(row.group(1), decision);
    }

    assertThat(written).containsExactlyInAnyOrderEntriesOf(CopiedProperties.all());
  }

  @ParameterizedTest
  @CsvSource({
    "tenant,                       ALWAYS",
    "x-tenant,                     ALWAYS",
    "x-opt-amq-mr-id,              NEVER",
    "_AMQ_ROUTE_TOsf.node-2,       NEVER",
    "_AMQ_TENANT,                  ALWAYS",
    "JMSType,                      ALWAYS",
    "JMS_AMQP_MA_x-opt-partition,  ALWAYS",
    "JMS_AMQP_ENCODED_DA_trace,    NEVER",
    "JMS_AMQP_FT_hash,             SAME_MESSAGE",
    "handfast_id,                  SAME_MESSAGE",
    "'',                           ALWAYS",
  })
  void decisions(String name, Decision decision) {
    assertThat(CopiedProperties.decisionOn(name)).isEqualTo(decision);
  }
}
