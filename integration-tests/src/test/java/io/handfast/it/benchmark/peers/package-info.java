/** What others would use instead of Handfast, started as processes; {@code peers/} has them. */
package io.handfast.it.benchmark.peers;
