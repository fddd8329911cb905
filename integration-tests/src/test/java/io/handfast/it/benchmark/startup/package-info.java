/** How long a coordinator takes to start, and how much memory it has. */
package io.handfast.it.benchmark.startup;
