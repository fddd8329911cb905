package io.handfast;

import io.handfast.coordination.ClientLimits;
import io.handfast.coordination.RemoteConfig;
import io.handfast.input.AllowedHosts;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeHome;
import io.handfast.recovery.RecoveryConfig;
import jakarta.inject.Singleton;

/** The configuration of a node's parts. */
@Singleton
record NodeSettings(
    NodeHome home,
    NodeConfig node,
    RecoveryConfig recovery,
    RemoteConfig remote,
    ClientLimits clients,
    AllowedHosts hosts) {}
