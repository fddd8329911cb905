package io.handfast;

import io.handfast.comparison.ComparisonStore;
import io.handfast.delivery.DeliveryStore;
import io.handfast.embedded.EmbeddedParts;
import jakarta.inject.Singleton;

/** What a node keeps in its data directory, beside the log. */
@Singleton
record Stores(EmbeddedParts embedded, DeliveryStore deliveries, ComparisonStore comparisons) {}
