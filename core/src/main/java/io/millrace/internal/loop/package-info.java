// SPDX-License-Identifier: Apache-2.0
/**
 * How a loop works: its turn, its queues, its clock, and the handles that need no driver. Not
 * exported, and knows nothing of the packages beside it.
 */
@NullMarked
package io.millrace.internal.loop;

import org.jspecify.annotations.NullMarked;
