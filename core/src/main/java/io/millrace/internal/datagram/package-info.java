// SPDX-License-Identifier: Apache-2.0
/** Datagram sockets between the user and a driver's ports. Not exported. */
@NullMarked
package io.millrace.internal.datagram;

import org.jspecify.annotations.NullMarked;
