package io.handfast;

import io.handfast.comparison.ComparisonStore;
import io.handfast.delivery.DeliveryStore;
import io.handfast.embedded.EmbeddedParts;
import jakarta.inject.Singleton;

/** The files of a node's data directory beside the decision log. */
@Singleton
record NodeStores(EmbeddedParts embedded, DeliveryStore deliveries, ComparisonStore comparisons) {}
