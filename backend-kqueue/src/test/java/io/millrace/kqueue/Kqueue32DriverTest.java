// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

/** The driver contract with 32-byte records. */
class Kqueue32DriverTest extends KqueueDriverContract {
    Kqueue32DriverTest() {
        super("kqueue-like-macos");
    }
}
