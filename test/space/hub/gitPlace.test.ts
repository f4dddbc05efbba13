import assert from 'node:assert/strict';
import { parseHubPlace } from '../../../src/space/hub/hubPlace.ts';

const isRefused = (text: string): void => assert.throws(() => parseHubPlace(text), { code: 'usage' }, JSON.stringify(text));

describe('the place of a hub in a git repository', () => {
  it('is an address by ssh, https or a path, and by http on this machine alone', () => {
    for (const [text, address, protocol] of [
      ['git+ssh://git@git.example.org/course/hub.git', 'ssh://git@git.example.org/course/hub.git', 'ssh'],
      ['git+ssh://host:2222/~alice/hub', 'ssh://host:2222/~alice/hub', 'ssh'],
      ['git+ssh://[fe80::1]:22/hub', 'ssh://[fe80::1]:22/hub', 'ssh'],
      ['git+https://git.example.org/a/b', 'https://git.example.org/a/b', 'https'],
      ['GIT+HTTPS://git.example.org:8443/Kurs%20eins.git', 'https://git.example.org:8443/Kurs%20eins.git', 'https'],
      ['git+file:///srv/Kurs%20für/alle.git', 'file:///srv/Kurs%20für/alle.git', 'file'],
      ['git+file:///C:/hubs/hub.git', 'file:///C:/hubs/hub.git', 'file'],
      ['git+file:///srv/x~old/a=b,c@d+e', 'file:///srv/x~old/a=b,c@d+e', 'file'],
      ['git+http://127.0.0.1:8080/hub.git', 'http://127.0.0.1:8080/hub.git', 'http'],
      ['git+http://localhost/hub', 'http://localhost/hub', 'http'],
      ['git+http://[::1]:80/hub', 'http://[::1]:80/hub', 'http'],
      ['git+https://git.example.org/course/{area}.git', 'https://git.example.org/course/{area}.git', 'https'],
    ] as const) {
      assert.deepEqual(parseHubPlace(text), { kind: 'git', path: text, address, protocol });
    }
  });

  it('is nothing else that git would take', () => {
    for (const text of [
      'git@host:x',
      'host:x',
      'ext::sh -c x',
      'git+ext::sh -c x',
      'git+ssh:host/x',
      'git+ssh:/host/x',
      'git+ssh:///x',
      'git+ssh://host',
      'git+ssh://host/',
      'git+https://host//',
      'git+fd://17/x',
      'git+git://host/x',
      'git+ftp://host/x',
      'git+http://host/x',
      'git+http://localhost.evil.example/x',
      'git+http://127.0.0.1.evil.example/x',
      'git+http://127.0.0.1@evil.example/x',
      'git+file://server/share/x',
      'git+file://localhost/x',
      'git+file:x',
      'git+git+ssh://host/x',
    ])
      isRefused(text);
  });

  it('has no option of a program in it', () => {
    for (const text of [
      'git+ssh://-oProxyCommand=x/y',
      'git+ssh://-oProxyCommand=x@host/y',
      'git+ssh://git@-oProxyCommand=x/y',
      'git+ssh://git@-host/y',
      'git+ssh://host-/y',
      'git+ssh://host/-x',
      'git+ssh://host/~/-x',
      'git+ssh://host/%2dx',
      'git+file:///-x',
      'git+https://host/a/--upload-pack=x',
      'git+https://-host/a',
    ])
      isRefused(text);
  });

  it('signs nobody in', () => {
    for (const text of [
      'git+https://alice:secret@host/x',
      'git+https://ghp_token@host/x',
      'git+https://@host/x',
      'git+ssh://git:secret@host/x',
      'git+ssh://:@host/x',
      'git+ssh://a:b@c@host/x',
      'git+https://host/x?token=1',
      'git+https://host/x#1',
    ])
      isRefused(text);
  });

  it('leads nowhere but where it says', () => {
    for (const text of [
      'git+ssh://host/../x',
      'git+ssh://host/a/./x',
      'git+file:///srv/%2e%2e/etc',
      'git+file:///srv/..%2fetc',
      'git+https://host/a%2fb/%2e./x',
      'git+https://host/a\\b',
      'git+https://host\\@evil.example/x',
      'git+ssh://host:0/x',
      'git+ssh://host:99999/x',
      'git+ssh://host:22x/x',
      'git+ssh://ho..st/x',
      'git+ssh://ho st/x',
      'git+ssh://[::1/x',
      'git+ssh://host/~a;b/x',
    ])
      isRefused(text);
  });

  it('has nothing in it that can’t be seen, or that a shell would act on', () => {
    for (const odd of ['\0', '\n', '\u001b', '\u202e', '%00', '%0a', '%1b', '%', '%zz', '%e2%80%ae', '%ff', '%20']) {
      for (const text of [`git+file:///srv/x${odd}`, `git+ssh://host/x${odd}`, `git+https://ho${odd}st/x`]) isRefused(text);
    }
    for (const odd of ['$(x)', '`x`', ';x', '|x', '&x', '"x', "'x", '<x', '*', '?', '{x}', '{area}{area}', ' x', '%24(x)', '%3bx', '!']) {
      isRefused(`git+ssh://host/x${odd}`);
      isRefused(`git+file:///x${odd}`);
    }
  });
});
