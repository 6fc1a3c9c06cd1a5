// SPDX-License-Identifier: Apache-2.0

/** Netty under measurement, set up as its documentation recommends. */
@NullMarked
package io.millrace.benchmarks.netty;

import org.jspecify.annotations.NullMarked;
