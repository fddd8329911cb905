/**
 * What a native image must be told of, since a coordinator asks for it by name: observed in the
 * process on a Java virtual machine, and compared with what the product declares.
 */
package io.handfast.it.image;
