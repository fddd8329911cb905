package io.handfast.resolution;

import java.time.Instant;

/** One line of the file of resolved branches. */
sealed interface Entry permits Heuristic, Act {

  Branch branch();

  Instant at();
}
