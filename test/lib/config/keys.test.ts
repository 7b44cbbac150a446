/** Keys that are missing, empty or unknown. */
import { brief, changed, lineOf } from './fixture';

describe('what is missing is reported at its parent', () => {
  test.each([
    [
      '    namespaces: [identity]\n',
      '- name: identity',
      'apps[1].namespaces',
      'is missing; write the namespaces that are the app, like [sample-app]',
    ],
    [
      '    region: us-east-1\n',
      'cluster: levlabs-primary',
      'sites.primary.region',
      'is missing; write it like us-east-1',
    ],
    [
      '  id: Z0123456789ABCDEFGHIJ\n',
      'name: levlabs.link',
      'zone.id',
      'is missing; write it like Z0123456789ABCDEFGHIJ',
    ],
    [
      '    url: http://login.levlabs.link\n',
      '- name: login',
      'dependencies[1].url',
      'is missing; write an http:// or https:// address, like https://registry.example.com/v2/',
    ],
  ])('without %j', (line, parent, path, message) => {
    const text = changed([line, '']);
    expect(brief(text)).toEqual([[lineOf(text, parent), path, message]]);
  });

  test('at the top of the file', () => {
    expect(brief('version: 1\n')).toEqual([
      [1, 'zone', 'is missing; write it like { id: Z0123456789ABCDEFGHIJ, name: example.com }'],
      [1, 'sites', 'is missing; write the two sites, primary and dr'],
      [1, 'apps', 'is missing; write at least one app with name, main, hosts and namespaces'],
    ]);
  });
});

describe('a key without a value', () => {
  test.each([
    [
      'after: [shop]',
      'after:',
      'apps[2].after',
      'is empty; write the names of apps, like [identity], or [] for none',
    ],
    [
      'images: { one.example: two.example }',
      'images:',
      'apps[0].data.images',
      'is empty; write it like { registry.one.example: registry.two.example }, or {} for none',
    ],
    [
      'namespaces: [identity]',
      'namespaces:',
      'apps[1].namespaces',
      'is empty; write the namespaces that are the app, like [sample-app]',
    ],
  ])('%s → %s', (from, to, path, message) => {
    const text = changed([from, `${to} # here`]);
    expect(brief(text)).toEqual([[lineOf(text, '# here'), path, message]]);
  });
});

describe('an unknown key', () => {
  test('gets the nearest known one', () => {
    const text = changed(['    dwell: 15s', '    dwel: 15s']);
    expect(brief(text)).toEqual([
      [lineOf(text, 'dwel:'), 'apps[0].dwel', '"dwel" is not known here; did you mean dwell?'],
    ]);
  });

  test('gets all known ones if none is near', () => {
    const text = changed(['      path: /healthz', '      colour: red']);
    expect(brief(text)).toEqual([
      [
        lineOf(text, 'colour:'),
        'apps[0].health.colour',
        '"colour" is not known here; known are path, status and body',
      ],
    ]);
  });

  test('is one mistake, though the key that was meant is missing', () => {
    const text = changed(['    namespaces: [identity]', '    namespace: [identity]']);
    expect(brief(text)).toEqual([
      [
        lineOf(text, 'namespace: [identity]'),
        'apps[1].namespace',
        '"namespace" is not known here; did you mean namespaces?',
      ],
    ]);
    const host = changed(['    hosts: { primary: one', '    host: { primary: one']);
    expect(brief(host)).toEqual([
      [lineOf(host, 'host: {'), 'apps[1].host', '"host" is not known here; did you mean hosts?'],
    ]);
  });

  test('may be one that JavaScript treats in its own way', () => {
    const text = changed(['    dwell: 15s', '    __proto__: { dwell: 15s }']);
    expect(brief(text).map(([line, path]) => [line, path])).toEqual([
      [lineOf(text, '__proto__'), 'apps[0].__proto__'],
    ]);
  });
});
