// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kernel;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands between an engine and its system calls: passes them on, except those a test wants answered
 * otherwise, and counts them all.
 *
 * <p>Works for any interface whose methods answer int or long and have names of their own. What was
 * scripted for a call is used up in order; then calls pass again. Thread-safe.
 *
 * @param <T> the interface of system calls
 */
public final class Interposer<T> {
    /** Answers one call, with or without asking the kernel. */
    @FunctionalInterface
    public interface Interception<T> {
        /**
         * The call's answer.
         *
         * @param kernel to pass the call on, perhaps changed
         * @param arguments of the call, boxed
         */
        long answer(T kernel, Object[] arguments);
    }

    private final T kernel;
    private final T calls;
    private final Map<String, Queue<Interception<T>>> scripts = new HashMap<>();
    private final Map<String, Interception<T>> rules = new HashMap<>();
    private final Map<String, Function<Object[], @Nullable Long>> refusals = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();

    private Interposer(Class<T> type, T kernel) {
        this.kernel = kernel;
        this.calls =
                type.cast(
                        Proxy.newProxyInstance(
                                type.getClassLoader(), new Class<?>[] {type}, new Handler()));
    }

    /** Between a test and the real calls of {@code kernel}. */
    public static <T> Interposer<T> over(Class<T> type, T kernel) {
        return new Interposer<>(type, kernel);
    }

    /** What to give to the engine. */
    public T calls() {
        return calls;
    }

    /** The next calls of this name answer these results, in order, without reaching the kernel. */
    public synchronized Interposer<T> answer(String call, long... results) {
        for (long result : results) {
            intercept(call, (kernel, arguments) -> result);
        }
        return this;
    }

    /** The next call of this name that has no other script is answered by {@code interception}. */
    public synchronized Interposer<T> intercept(String call, Interception<T> interception) {
        scripts.computeIfAbsent(call, name -> new ArrayDeque<>()).add(interception);
        return this;
    }

    /** All calls of this name from now on are answered by {@code interception}, unless scripted. */
    public synchronized Interposer<T> always(String call, Interception<T> interception) {
        rules.put(call, interception);
        return this;
    }

    /** All calls of this name with such arguments answer this, unless scripted; others pass. */
    public synchronized Interposer<T> refuse(String call, Predicate<Object[]> which, long answer) {
        refusals.put(call, arguments -> which.test(arguments) ? answer : null);
        return this;
    }

    private synchronized @Nullable Long refusal(String call, Object[] arguments) {
        Function<Object[], @Nullable Long> refusal = refusals.get(call);
        return refusal == null ? null : refusal.apply(arguments);
    }

    /** How often the engine made this call, whoever answered it. */
    public synchronized int count(String call) {
        return counts.getOrDefault(call, 0);
    }

    /** How many scripted answers for this call nobody has asked for. */
    public synchronized int left(String call) {
        Queue<Interception<T>> script = scripts.get(call);
        return script == null ? 0 : script.size();
    }

    private synchronized @Nullable Interception<T> next(String call) {
        counts.merge(call, 1, Integer::sum);
        Queue<Interception<T>> script = scripts.get(call);
        Interception<T> scripted = script == null ? null : script.poll();
        return scripted != null ? scripted : rules.get(call);
    }

    /** Not under the lock: a call may wait, and the wake-up that ends it is a call as well. */
    private final class Handler implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
                throws Throwable {
            Object[] given = arguments == null ? new Object[0] : arguments;
            Interception<T> interception = next(method.getName());
            Long refusal = interception == null ? refusal(method.getName(), given) : null;
            if (refusal != null) {
                return asResult(method, refusal);
            }
            if (interception == null && method.isDefault()) {
                // It is made up of other calls, and a test may have scripted those.
                return InvocationHandler.invokeDefault(proxy, method, given);
            }
            if (interception == null) {
                return passOn(method, given);
            }
            return asResult(method, interception.answer(kernel, given));
        }

        private Object asResult(Method method, long answer) {
            if (method.getReturnType() == long.class) {
                return answer;
            }
            return Math.toIntExact(answer);
        }

        private @Nullable Object passOn(Method method, Object[] arguments) throws Throwable {
            // The interface may be package-private to its engine.
            method.setAccessible(true);
            try {
                return method.invoke(kernel, arguments);
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            }
        }
    }
}
