// SPDX-License-Identifier: Apache-2.0
/**
 * For streams that are built on streams, such as TLS: a layer has its own port, and core does for
 * it what it does for sockets, so that queues, back-pressure, both ways of reading, time-outs and
 * the order of everything are the same.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.spi.layer;

import org.jspecify.annotations.NullMarked;
