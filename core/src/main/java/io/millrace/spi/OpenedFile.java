// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/** What the {@link FileEngine} that opened a file knows it by; nobody else looks inside. */
public interface OpenedFile {}
