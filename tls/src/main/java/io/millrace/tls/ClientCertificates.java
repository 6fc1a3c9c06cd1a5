// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

/** Whether a server asks its clients for certificates. */
public enum ClientCertificates {
    /** It does not ask. */
    NONE,

    /** It asks; a client without one is served all the same. One that is not trusted is refused. */
    WANTED,

    /** Without one that is trusted there is no connection. */
    NEEDED
}
