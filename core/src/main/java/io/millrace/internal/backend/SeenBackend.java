// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.backend;

import io.millrace.BackendInfo;
import java.util.Map;

/** The one implementation of {@link BackendInfo}. */
record SeenBackend(String name, boolean usable, String reason, Map<String, String> facts)
        implements BackendInfo {}
