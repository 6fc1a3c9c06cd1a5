// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

/** The driver contract with 64-byte records. */
class Kqueue64DriverTest extends KqueueDriverContract {
    Kqueue64DriverTest() {
        super("kqueue-like-freebsd");
    }
}
