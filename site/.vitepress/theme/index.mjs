// SPDX-License-Identifier: Apache-2.0
//
// The usual look, with code in a size in which our 100 columns have room.

import DefaultTheme from 'vitepress/theme';
import './code.css';

export default DefaultTheme;
