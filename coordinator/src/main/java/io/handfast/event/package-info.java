/** What happens in this process, published once for all who subscribe; it knows no subscriber. */
@org.jspecify.annotations.NullMarked
package io.handfast.event;
