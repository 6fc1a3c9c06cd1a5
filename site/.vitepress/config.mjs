// SPDX-License-Identifier: Apache-2.0
//
// How the site looks and what its menus say. A page that no menu names fails the build, so that a new
// page cannot be forgotten.

import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const site = dirname(dirname(fileURLToPath(import.meta.url)));
const pages = join(site, 'target', 'pages');
const hasJavadoc = existsSync(join(pages, 'public', 'javadoc', 'index.html'));

const sidebar = [
    {
        text: 'Using Millrace',
        items: [
            { text: 'What it is', link: '/' },
            { text: 'Guide', link: '/docs/guide' },
            { text: 'Coming from elsewhere', link: '/docs/migrating' },
            { text: 'The network', link: '/docs/network' },
            { text: 'TLS', link: '/docs/tls' },
            { text: 'Netty on Millrace', link: '/docs/netty' },
            { text: 'Names by DNS', link: '/docs/dns' },
            { text: 'Files for virtual threads', link: '/docs/blocking' },
            { text: 'Operations', link: '/docs/operations' },
            { text: 'What it promises', link: '/docs/semantics' },
        ],
    },
    {
        text: 'Backends',
        items: [
            { text: 'Which there are', link: '/docs/backends' },
            { text: 'io_uring', link: '/docs/io-uring' },
            { text: 'select, poll, epoll', link: '/docs/descriptor-backends' },
            { text: 'kqueue', link: '/docs/kqueue' },
        ],
    },
    {
        text: 'Measured',
        items: [
            { text: 'The bench', link: '/docs/benchmarks' },
            { text: 'Processes', link: '/docs/benchmarks-processes' },
            { text: 'Figures', link: '/docs/benchmarks/' },
            { text: 'What it has been through', link: '/docs/proven' },
        ],
    },
    {
        text: 'The project',
        items: [
            { text: 'Changes', link: '/CHANGELOG' },
            { text: 'Versions', link: '/docs/versioning' },
            { text: 'Security', link: '/SECURITY' },
            { text: 'Contributing', link: '/CONTRIBUTING' },
            { text: 'Development', link: '/docs/development' },
            { text: 'Architecture', link: '/docs/architecture' },
            { text: 'Decisions', link: '/docs/decisions' },
        ],
    },
];

function requireEveryPage() {
    const linked = new Set(sidebar.flatMap((group) => group.items).map((item) => item.link));
    const missing = ['', 'docs/']
        .flatMap((directory) =>
            readdirSync(join(pages, directory))
                .filter((name) => name.endsWith('.md'))
                .map((name) => '/' + directory + name.replace(/(index)?\.md$/, '')),
        )
        .filter((link) => !linked.has(link));
    if (missing.length > 0) {
        throw new Error('in no menu of .vitepress/config.mjs: ' + missing.join(', '));
    }
}

requireEveryPage();

// As GitHub names headings, so that a link leads to the same one here and there.
function slugify(heading) {
    return heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-');
}

export default {
    title: 'Millrace',
    description: 'Asynchronous I/O for the JVM on epoll, kqueue, io_uring and NIO',
    srcDir: 'target/pages',
    outDir: 'target/site',
    cacheDir: 'target/cache',
    cleanUrls: false,
    lastUpdated: false,
    ignoreDeadLinks: [/\.txt$/],
    markdown: { languageAlias: { '': 'text' }, anchor: { slugify } },
    themeConfig: {
        search: { provider: 'local' },
        outline: [2, 3],
        sidebar,
        nav: [
            { text: 'Guide', link: '/docs/guide' },
            { text: 'Semantics', link: '/docs/semantics' },
            ...(hasJavadoc ? [{ text: 'Javadoc', link: '/javadoc/index.html', target: '_blank' }] : []),
        ],
        docFooter: { prev: 'Before', next: 'Next' },
        footer: { message: 'Apache License 2.0' },
    },
};
