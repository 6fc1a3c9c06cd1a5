// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

/** The driver contract with 40-byte records. */
class Kqueue40DriverTest extends KqueueDriverContract {
    Kqueue40DriverTest() {
        super("kqueue-like-netbsd");
    }
}
