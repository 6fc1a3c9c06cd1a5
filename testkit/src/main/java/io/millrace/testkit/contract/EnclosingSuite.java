// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands a nested test the suite around it, which knows the backend. A class that is written once
 * and nested in many suites cannot name the one it happens to be in.
 */
public final class EnclosingSuite implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRequiredTestInstances()
                .findInstance(parameter.getParameter().getType())
                .isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRequiredTestInstances()
                .findInstance(parameter.getParameter().getType())
                .orElseThrow();
    }
}
