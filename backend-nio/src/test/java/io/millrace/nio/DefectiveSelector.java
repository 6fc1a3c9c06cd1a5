// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import java.util.function.Consumer;

/** A selector without channels that never waits, as some did for a bug of kernel or JDK. */
final class DefectiveSelector extends Selector {
    Runnable duringSelect = () -> {};
    private boolean open = true;

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public int select(Consumer<SelectionKey> action, long timeout) {
        duringSelect.run();
        return 0;
    }

    @Override
    public int selectNow(Consumer<SelectionKey> action) {
        return 0;
    }

    @Override
    public Set<SelectionKey> keys() {
        return Set.of();
    }

    @Override
    public Selector wakeup() {
        return this;
    }

    @Override
    public void close() {
        open = false;
    }

    @Override
    public SelectorProvider provider() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int selectNow() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int select(long timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int select() {
        throw new UnsupportedOperationException();
    }
}
