// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import java.io.IOException;
import java.lang.reflect.Proxy;

/** The JDK's signal handlers, as somebody else in the process sets them. */
final class JdkSignals {
    private JdkSignals() {}

    /** Answers what was there before. */
    static Object ignore(String signal) throws IOException {
        try {
            return handle(signal, handlerType().getField("SIG_IGN").get(null));
        } catch (ReflectiveOperationException unlike) {
            throw new IOException(unlike);
        }
    }

    /** Answers what was there before. */
    static Object handle(String signal, Runnable told) throws IOException {
        try {
            Object handler =
                    Proxy.newProxyInstance(
                            JdkSignals.class.getClassLoader(),
                            new Class<?>[] {handlerType()},
                            (proxy, method, arguments) ->
                                    switch (method.getName()) {
                                        case "equals" -> proxy == arguments[0];
                                        case "hashCode" -> System.identityHashCode(proxy);
                                        case "toString" -> "somebody else's handler";
                                        default -> {
                                            told.run();
                                            yield null;
                                        }
                                    });
            return handle(signal, handler);
        } catch (ReflectiveOperationException unlike) {
            throw new IOException(unlike);
        }
    }

    /** Sets one that was answered before. */
    static Object handle(String signal, Object handler) throws IOException {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Object named = type.getConstructor(String.class).newInstance(signal);
            return type.getMethod("handle", type, handlerType()).invoke(null, named, handler);
        } catch (ReflectiveOperationException unlike) {
            throw new IOException(unlike);
        }
    }

    private static Class<?> handlerType() throws ClassNotFoundException {
        return Class.forName("sun.misc.SignalHandler");
    }
}
