/** Amazon SQS behind the ports of sources; the only package that uses its classes. */
@org.jspecify.annotations.NullMarked
package io.handfast.sqs;
