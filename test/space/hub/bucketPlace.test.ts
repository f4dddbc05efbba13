import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SnapstageError } from '../../../src/base/errors.ts';
import { parseHubPlace } from '../../../src/space/hub/hubPlace.ts';
import { addressOf, parseBucketPlace, type BucketPlace } from '../../../src/space/hub/s3/bucketPlace.ts';

const isRefused = (text: string): void => assert.throws(() => parseBucketPlace(text), { code: 'usage' }, JSON.stringify(text));

/** A place without its text. */
function parsed(text: string): Omit<BucketPlace, 'path' | 'kind'> {
  const { kind, path, ...place } = parseBucketPlace(text);
  assert.equal(kind, 's3');
  assert.deepEqual(parseHubPlace(path), { kind, path, ...place }, 'its text names the same place');
  return place;
}

describe('the place of a hub in a bucket', () => {
  it('is one of Amazon’s where no endpoint is said', () => {
    assert.deepEqual(parsed('s3://course-2026/spaces/a'), {
      bucket: 'course-2026',
      prefix: 'spaces/a',
      endpoint: 'https://s3.us-east-1.amazonaws.com',
      region: 'us-east-1',
      style: 'virtual',
    });
    assert.equal(parsed('s3://course-2026?region=eu-central-1').endpoint, 'https://s3.eu-central-1.amazonaws.com');
    assert.equal(parsed('s3://course-2026?region=cn-north-1').endpoint, 'https://s3.cn-north-1.amazonaws.com.cn');
    assert.equal(parsed('s3://course.2026/?region=eu-central-1').style, 'path', 'no certificate covers two names before the dot');
  });

  it('is one of a server that is named, with the bucket in the path unless it is said otherwise', () => {
    assert.deepEqual(parsed('s3://course/hub/?endpoint=https%3A%2F%2Fs3.school.example%3A9000&region=here'), {
      bucket: 'course',
      prefix: 'hub',
      endpoint: 'https://s3.school.example:9000',
      region: 'here',
      style: 'path',
    });
    assert.equal(parsed('S3://course?endpoint=https://s3.school.example/&style=virtual').endpoint, 'https://s3.school.example');
    assert.equal(parsed('s3://course?endpoint=https://10.0.0.7').style, 'path');
    for (const host of ['localhost:9000', '127.0.0.1:9000', '[::1]:9000'])
      assert.equal(parsed(`s3://course?endpoint=http://${host}`).endpoint, `http://${host}`);
  });

  it('leads to addresses of objects in either style', () => {
    const keys = ['', 'a/b!0', 'SNAPSTAGE-HUB.txt'];
    const addresses = (text: string): string[] => keys.map((key) => addressOf(parseBucketPlace(text), key).href);
    assert.deepEqual(addresses('s3://course?endpoint=https://s3.school.example:9000'), [
      'https://s3.school.example:9000/course/',
      'https://s3.school.example:9000/course/a/b%210',
      'https://s3.school.example:9000/course/SNAPSTAGE-HUB.txt',
    ]);
    assert.deepEqual(addresses('s3://course'), [
      'https://course.s3.us-east-1.amazonaws.com/',
      'https://course.s3.us-east-1.amazonaws.com/a/b%210',
      'https://course.s3.us-east-1.amazonaws.com/SNAPSTAGE-HUB.txt',
    ]);
  });

  it('has the name of a bucket', () => {
    for (const bucket of [
      '',
      'ab',
      'Course',
      'a_b',
      '-ab',
      'ab-',
      '.ab',
      'ab.',
      'a..b',
      'a.-b',
      '10.0.0.1',
      'x'.repeat(64),
      'a%2fb',
      'kürs',
      'a b',
    ])
      isRefused(`s3://${bucket}/hub`);
    for (const text of ['s3:course', 's3:/course', 's3:///course', 'course', 's3://'] as const) isRefused(text);
  });

  it('has no keys in it', () => {
    for (const text of ['s3://AKIAEXAMPLE:secret@course/hub', 's3://course?endpoint=https://AKIAEXAMPLE:secret@s3.example.org']) {
      assert.throws(
        () => parseBucketPlace(text),
        (error: unknown) => error instanceof SnapstageError && !JSON.stringify(error).includes('secret'),
      );
    }
  });

  it('is contacted with TLS, or on this machine', () => {
    for (const endpoint of [
      'http://s3.example.org',
      'http://10.0.0.7',
      'http://0.0.0.0',
      'http://localhost.example.org',
      'http://127.0.0.1.example.org',
      'http://[::ffff:7f00:1]',
      'ftp://localhost',
      'file:///etc',
      'javascript:alert(1)',
    ]) {
      isRefused(`s3://course?endpoint=${encodeURIComponent(endpoint)}`);
    }
  });

  it('names a server as it is contacted, and nothing more', () => {
    for (const endpoint of [
      's3.example.org',
      '//s3.example.org',
      'https:s3.example.org',
      'https:/s3.example.org',
      'https://',
      'https://user@s3.example.org',
      'https://@s3.example.org',
      'https://s3.example.org/base',
      'https://s3.example.org?x=y',
      'https://s3.example.org#x',
      'https://s3.example.org:443',
      'https://s3.example.org.',
      'https://s3..example.org',
      'https://.example.org',
      'https://-x.example.org',
      'https://S3.example.org',
      'https://ß.example.org',
      'https://s3.example.org\\@evil.example',
      'https://0x7f.1',
      'https://2130706433',
      'https://a b.example',
      'https://a%2eb.example',
      'https://[fe80::1%25eth0]',
      ' https://s3.example.org',
      'https://s3.example.org\n',
    ]) {
      isRefused(`s3://course?endpoint=${encodeURIComponent(endpoint)}`);
    }
  });

  it('has a prefix that is the same in paths, listings and policies', () => {
    for (const prefix of [
      '..',
      'a/../b',
      './a',
      'a/.',
      '...',
      'a//b',
      '/a',
      'a b',
      'ä',
      'a*',
      'a?x',
      'a%2e',
      'a\\b',
      'a+b',
      '$a',
      'x'.repeat(513),
    ])
      isRefused(`s3://course/${prefix}`);
    for (const prefix of ['a.b/c_d', 'year=2026/x-1', '.hidden']) assert.equal(parsed(`s3://course/${prefix}`).prefix, prefix);
  });

  it('says nothing else, and nothing twice', () => {
    for (const query of [
      'x=y',
      'Region=eu-central-1',
      'region=eu-central-1&region=us-east-1',
      'region',
      'region=',
      'region=EU',
      'region=a/b',
      'region=-a',
      'style=other',
      'endpoint=%zz',
      '__proto__=x',
      'style=path&',
    ]) {
      isRefused(`s3://course?${query}`);
    }
    isRefused('s3://course/hub#there');
    isRefused('s3://course?endpoint=https://10.0.0.7&style=virtual');
  });

  it('is a place or refused, whatever somebody writes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        's3://',
        'course',
        '/',
        '?',
        '&',
        'endpoint=',
        'https://',
        'http://',
        '@',
        '..',
        '%2e',
        'localhost',
        ':9000',
        'style=path',
        '#',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          const place = parsed(`s3://${pieces.join('')}`);
          const { protocol, hostname, username, search, hash } = addressOf(place as BucketPlace, 'a/1');
          assert.ok(protocol === 'https:' || /^(?:.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname));
          assert.deepEqual([username, search, hash], ['', '', '']);
        } catch (error) {
          assert.ok(error instanceof SnapstageError && error.code === 'usage', String(error));
        }
      }),
      { numRuns: 300 },
    );
  });
});
