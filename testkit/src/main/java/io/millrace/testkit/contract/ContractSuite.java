// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

/**
 * What tests are run on. Each area of the contract is a class, nested in those suites that ask it,
 * and finds the suite around itself.
 */
public abstract class ContractSuite {
    /** The backends to test; in a new world for each call if they are simulated. */
    protected abstract BackendPair backends();

    /** What carries the bytes, TCP unless overridden; asked for before each test. */
    protected Transport transport() {
        return new TcpTransport();
    }

    /** How many connections one loop must hold; less for kernel interfaces with a limit. */
    protected int connections() {
        return 10_000;
    }
}
