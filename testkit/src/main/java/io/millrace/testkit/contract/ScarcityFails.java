// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Makes a failure of an OutOfMemoryError. JUnit takes one for the end of the virtual machine and
 * reports no test at all; here it is one that was thrown on purpose and that nobody has caught.
 */
public final class ScarcityFails implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
            Invocation<Void> test,
            ReflectiveInvocationContext<Method> called,
            ExtensionContext context)
            throws Throwable {
        proceed(test);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> test,
            ReflectiveInvocationContext<Method> called,
            ExtensionContext context)
            throws Throwable {
        proceed(test);
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<Void> test,
            ReflectiveInvocationContext<Method> called,
            ExtensionContext context)
            throws Throwable {
        proceed(test);
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<Void> test,
            ReflectiveInvocationContext<Method> called,
            ExtensionContext context)
            throws Throwable {
        proceed(test);
    }

    private static void proceed(Invocation<Void> test) throws Throwable {
        try {
            test.proceed();
        } catch (OutOfMemoryError scarcity) {
            throw new AssertionError("nobody has caught " + scarcity, scarcity);
        }
    }
}
