package io.handfast.resolution;

import java.time.Instant;

/** One line of the file of operators' acts. */
sealed interface ResolutionEntry permits Heuristic, OperatorAct {

  Branch branch();

  Instant at();
}
