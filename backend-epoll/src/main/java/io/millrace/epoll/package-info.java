// SPDX-License-Identifier: Apache-2.0

/**
 * The {@code epoll} and {@code epoll-et} backends: Linux epoll(7), level- and edge-triggered.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.epoll;

import org.jspecify.annotations.NullMarked;
