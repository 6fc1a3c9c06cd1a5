// SPDX-License-Identifier: Apache-2.0
/**
 * Files for threads that block: a virtual thread that reads one parks, and its carrier goes on,
 * where the JDK's own files block the carrier.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.blocking;

import org.jspecify.annotations.NullMarked;
