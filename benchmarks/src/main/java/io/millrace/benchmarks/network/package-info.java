// SPDX-License-Identifier: Apache-2.0
/** What datagrams and Unix-domain sockets cost servers that are processes, beside ones in C. */
@NullMarked
package io.millrace.benchmarks.network;

import org.jspecify.annotations.NullMarked;
