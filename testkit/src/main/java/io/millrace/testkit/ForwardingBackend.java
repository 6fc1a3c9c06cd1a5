// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;

/** A backend that is another one but for the drivers it opens. */
public abstract class ForwardingBackend implements BackendProvider {
    /** The one that it is otherwise. */
    protected final BackendProvider provider;

    protected ForwardingBackend(BackendProvider provider) {
        this.provider = provider;
    }

    @Override
    public final String name() {
        return provider.name();
    }

    @Override
    public final int rank() {
        return provider.rank();
    }

    @Override
    public final Availability probe() {
        return provider.probe();
    }
}
