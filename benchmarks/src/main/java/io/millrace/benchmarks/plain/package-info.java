// SPDX-License-Identifier: Apache-2.0

/**
 * The JDK's own means under measurement, without a library: a selector loop written by hand for
 * each service, and NIO.2's asynchronous channels.
 */
@NullMarked
package io.millrace.benchmarks.plain;

import org.jspecify.annotations.NullMarked;
