// SPDX-License-Identifier: Apache-2.0

/**
 * A referee between a loop and its driver: it passes everything on, and whistles at the first call,
 * from either side, that the contract of {@code io.millrace.spi} forbids.
 *
 * <p>Functional tests see what a user sees; many a broken promise below shows there only one time
 * in a thousand. The referee sees it the first time. It also keeps the books: which operation still
 * owes its terminal, which port was never closed, which chunk never came home.
 *
 * <p>It allocates and costs time, so tests of allocation and of speed do without it.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.testkit.referee;

import org.jspecify.annotations.NullMarked;
