// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.script;

import io.millrace.spi.reactor.Pollable;

/** Any descriptor as something to poll. */
public final class Watched extends Pollable {
    private final int fd;

    public Watched(int fd) {
        this.fd = fd;
    }

    @Override
    public int descriptor() {
        return fd;
    }
}
