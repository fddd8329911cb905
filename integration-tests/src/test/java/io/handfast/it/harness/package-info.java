/**
 * What the tests stand on: processes to start, freeze and kill, and a view from outside of what
 * became of the messages. Nothing here knows the product's code, only its runner and its wire.
 */
package io.handfast.it.harness;
