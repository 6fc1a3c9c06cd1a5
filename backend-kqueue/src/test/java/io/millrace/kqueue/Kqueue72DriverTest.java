// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

/** The driver contract with 72-byte records. */
class Kqueue72DriverTest extends KqueueDriverContract {
    Kqueue72DriverTest() {
        super("kqueue-like-netbsd11");
    }
}
