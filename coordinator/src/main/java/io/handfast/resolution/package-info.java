/** What only an operator can settle: branches that disobeyed, and branches of a lost log. */
@org.jspecify.annotations.NullMarked
package io.handfast.resolution;
