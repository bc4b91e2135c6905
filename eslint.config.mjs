// What TypeScript and JavaScript are held to, beside the compiler and Prettier.
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'pkg/wasm/',
      'pkg/lib/',
      'pkg/dist/',
      'auto/',
      'inline/',
      'presence/',
      'quality/',
      'report/',
      'target/',
      'tests/e2e/programs/',
      'tests/packaging/projects/',
      'tests/types/',
      'fuzz/',
    ],
  },
  js.configs.recommended,
  { files: ['pkg/src/**/*.ts'], extends: [...tseslint.configs.recommended] },
  {
    files: ['pkg/src/**/*.ts'],
    rules: {
      // JsSIP's `_underscore` fields, and handlers that take what they do not use.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // JsSIP's declarations hold namespaces, and its users augment them.
      '@typescript-eslint/no-namespace': 'off',
      'no-console': 'error',
    },
  },
  { files: ['**/*.mjs', '**/*.js', '**/*.cjs'], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  // What runs inside `page.evaluate` sees the page's globals.
  { files: ['tests/e2e/**', 'tests/interop/**', 'tests/parity/**'], rules: { 'no-undef': 'off' } },
  {
    files: ['www/**'],
    languageOptions: { globals: { __VIASIP_SERVICE__: 'readonly', __VIASIP_DOMAIN__: 'readonly' } },
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  prettier,
);
