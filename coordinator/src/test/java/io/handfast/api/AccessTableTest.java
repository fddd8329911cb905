package io.handfast.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.access.Role;
import jakarta.annotation.security.RolesAllowed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTableTest {

  @ParameterizedTest
  @CsvSource({
    "GET, /q/health, NONE",
    "GET, /q/health/ready, NONE",
    "POST, /q/health, OPERATOR",
    "GET, /q/health/../openapi, VIEWER",
    "GET, /, NONE",
    "GET, /console/main.js, NONE",
    "POST, /console/main.js, OPERATOR",
    "GET, /console/../v1/recovery, VIEWER",
    "GET, /console/..%2fv1/recovery, VIEWER",
    "GET, //, VIEWER",
    "GET, /v1/events, VIEWER",
    "GET, /v1/dead-letters/orders.dead, VIEWER",
    "POST, /v1/dead-letters/orders.dead/replay, OPERATOR",
    "GET, /q/openapi, VIEWER",
    "HEAD, /v1/deliveries, VIEWER",
    "GET, /v1/recovery/log, VIEWER",
    "POST, /v1/transactions, CLIENT",
    "POST, /v1/transactions/t-1/commit, CLIENT",
    "POST, /v1/transactions/t-1/messages/ID%3A1/refuse, CLIENT",
    "PUT, /v1/transactions/t-1/participants/stock, CLIENT",
    "POST, /v1/deliveries/parcels/receive, CLIENT",
    "POST, /v1/queues/orders/messages, CLIENT",
    "PUT, /v1/deliveries/orders, OPERATOR",
    "DELETE, /v1/deliveries/orders, OPERATOR",
    "POST, /v1/deliveries/orders/pause, OPERATOR",
    "POST, /v1/recovery/scans, OPERATOR"
  })
  void eachKindOfCallNeedsItsRole(String method, String path, Role role) {
    assertThat(AccessTable.needed(method, path)).isEqualTo(role);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/transactions/..;/recovery/scans",
    "POST, /v1/transactions/../recovery/scans",
    "POST, //v1/transactions",
    "POST, /v1/transactions;a=b",
    "POST, /v1/transactions/",
    "POST, /v1/Transactions",
    "POST, /v1/transactions/t-1/newly-invented",
    "PATCH, /v1/transactions/t-1/commit",
    "get, /v1/deliveries",
    "POST, ''"
  })
  void whatIsInNoRowIsOutOfReachOfAllButOperators(String method, String path) {
    assertThat(AccessTable.needed(method, path)).isEqualTo(Role.OPERATOR);
  }

  @Test
  void everyCallThatChangesAnythingSaysItsRole() {
    assertThat(Endpoint.all())
        .filteredOn(endpoint -> !endpoint.verb().equals("GET"))
        .hasSizeGreaterThan(20)
        .allSatisfy(
            endpoint ->
                assertThat(endpoint.says(RolesAllowed.class)).as(endpoint.path()).isPresent());
  }

  @Test
  void everyRoleThatMayDoMoreIsNamed() {
    assertThat(AccessTable.least("operator", "client")).isEqualTo(Role.CLIENT);
    for (String[] roles :
        new String[][] {{"client"}, {"viewer", "operator"}, {"operator", "admin"}}) {
      assertThatThrownBy(() -> AccessTable.least(roles))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
