/** The console, walked through with a browser. */
package io.handfast.it.acceptance.console;
