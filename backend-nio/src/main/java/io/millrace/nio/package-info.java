// SPDX-License-Identifier: Apache-2.0

/**
 * The {@code nio} backend: {@code java.nio} selectors and channels, on every platform the JDK runs
 * on. It has no native code, and a program that uses no other backend loads none.
 *
 * <p>Channels hide descriptors and error numbers. So this backend has no {@code descriptor()} and
 * adopts none, and its codes are read from the text of exceptions, which is exact in English and a
 * good guess elsewhere. The JDK halves what Linux says of socket buffer sizes, so here they are
 * read as they were set. After a failed connect the JDK closes the channel; the port then answers
 * {@code EBADF}.
 *
 * <p>Level-triggered on every platform. Reading, writing and waiting are as cheap as system calls
 * from Java can be: one each per message, and nothing is allocated.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.nio;

import org.jspecify.annotations.NullMarked;
