// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.reactor.Pollable;

/** Any descriptor as something to poll. */
final class Watched extends Pollable {
    private final int fd;

    Watched(int fd) {
        this.fd = fd;
    }

    @Override
    public int descriptor() {
        return fd;
    }
}
