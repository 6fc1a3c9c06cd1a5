// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.spi.OpenedFile;

/** A file that a ring has opened. */
record UringFile(int descriptor) implements OpenedFile {}
