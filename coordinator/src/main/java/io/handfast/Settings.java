package io.handfast;

import io.handfast.coordination.ClientLimits;
import io.handfast.coordination.RemoteConfig;
import io.handfast.input.AllowedHosts;
import io.handfast.node.NodeConfig;
import io.handfast.recovery.RecoveryConfig;
import jakarta.inject.Singleton;

/** The configuration that the parts of a node are made from. */
@Singleton
record Settings(
    NodeConfig node,
    RecoveryConfig recovery,
    RemoteConfig remote,
    ClientLimits clients,
    AllowedHosts hosts) {}
