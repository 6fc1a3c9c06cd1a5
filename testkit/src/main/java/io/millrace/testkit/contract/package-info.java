// SPDX-License-Identifier: Apache-2.0

/**
 * The contract suite: what every backend must do, as tests that know nothing of any backend.
 *
 * <p>A backend runs all of it with one class:
 *
 * <pre>{@code
 * class EpollContractTest extends BackendContract {
 *     @Override
 *     protected BackendPair backends() {
 *         return BackendPair.of("epoll");
 *     }
 * }
 * }</pre>
 *
 * <p>With two names the client's side of each test runs on one backend and the server's on another.
 * A backend that cannot run here is skipped with its reason; {@code -Dmillrace.required=nio,epoll}
 * turns the skip into a failure.
 *
 * <p>Each test is one sentence of the contract that {@code docs/semantics.md} lists. A test runs on
 * one thread: {@code ContractTest} turns the loops until what it waits for has come, or a generous
 * deadline has passed.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.testkit.contract;

import org.jspecify.annotations.NullMarked;
