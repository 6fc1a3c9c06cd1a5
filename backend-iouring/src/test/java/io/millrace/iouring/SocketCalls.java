// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.posix.SystemCalls;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Socket calls of a test that plays the kernel: each succeeds, a socket gets the next number, and
 * what matters is written down.
 */
final class SocketCalls {
    static final int FIRST_DESCRIPTOR = 50;

    /** What a call answers instead of success, by its name. */
    final Map<String, Integer> answers = new HashMap<>();

    /** What a call throws instead, by its name. */
    final Map<String, Error> thrown = new HashMap<>();

    final List<Integer> opened = new ArrayList<>();
    final List<Integer> closed = new ArrayList<>();

    /** What is to wait from then on. */
    final List<Integer> blocking = new ArrayList<>();

    SystemCalls asSystemCalls() {
        return (SystemCalls)
                Proxy.newProxyInstance(
                        SystemCalls.class.getClassLoader(),
                        new Class<?>[] {SystemCalls.class},
                        (proxy, method, arguments) -> answer(method, arguments));
    }

    private Object answer(Method method, Object[] arguments) {
        if (thrown.containsKey(method.getName())) {
            throw thrown.get(method.getName());
        }
        Number result = answers.get(method.getName());
        if (result == null) {
            result = succeed(method.getName(), arguments);
        }
        return method.getReturnType() == long.class
                ? (Object) result.longValue()
                : (Object) result.intValue();
    }

    private Integer succeed(String name, Object[] arguments) {
        switch (name) {
            case "socket", "eventfd" -> {
                int descriptor = FIRST_DESCRIPTOR + opened.size();
                opened.add(descriptor);
                return descriptor;
            }
            case "close" -> closed.add((Integer) arguments[0]);
            case "setBlocking" -> blocking.add((Integer) arguments[0]);
            default -> {}
        }
        return 0;
    }
}
