// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.IoException;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * A backend whose waits fail from some moment on, as when its descriptor is closed behind its back.
 * Everything else goes on working.
 */
final class FailingEngine implements BackendProvider {
    private final BackendProvider provider;
    private volatile boolean failing;

    FailingEngine(BackendProvider provider) {
        this.provider = provider;
    }

    void fail() {
        failing = true;
    }

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public int rank() {
        return provider.rank();
    }

    @Override
    public Availability probe() {
        return provider.probe();
    }

    @Override
    public Driver open(DriverConfig config, LoopContext context) throws IoException {
        Driver good = provider.open(config, context);
        return (Driver)
                Proxy.newProxyInstance(
                        FailingEngine.class.getClassLoader(),
                        new Class<?>[] {Driver.class},
                        (proxy, method, arguments) -> {
                            if (failing && method.getName().equals("poll")) {
                                throw IoException.of(Code.BAD_DESCRIPTOR, "step", null);
                            }
                            try {
                                return method.invoke(good, arguments);
                            } catch (InvocationTargetException thrown) {
                                throw thrown.getCause();
                            }
                        });
    }
}
