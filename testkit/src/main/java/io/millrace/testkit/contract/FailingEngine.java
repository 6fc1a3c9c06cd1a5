// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.IoException;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.millrace.testkit.ForwardingBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * A backend whose waits fail from some moment on, as when its descriptor is closed behind its back.
 * Everything else goes on working.
 */
final class FailingEngine extends ForwardingBackend {
    private volatile boolean failing;

    FailingEngine(BackendProvider provider) {
        super(provider);
    }

    void fail() {
        failing = true;
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
