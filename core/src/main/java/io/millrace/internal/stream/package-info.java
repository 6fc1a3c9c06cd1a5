// SPDX-License-Identifier: Apache-2.0
/** Streams and servers between the user and a driver's ports. Not exported. */
@NullMarked
package io.millrace.internal.stream;

import org.jspecify.annotations.NullMarked;
