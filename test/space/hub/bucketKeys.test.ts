import assert from 'node:assert/strict';
import { SnapstageError } from '../../../src/base/errors.ts';
import { parseBucketPlace } from '../../../src/space/hub/s3/bucketPlace.ts';
import { environmentKeys, keysFor, parseProfiles } from '../../../src/space/hub/s3/environmentKeys.ts';
import { queryOf, sha256, signed } from '../../../src/space/hub/s3/signature.ts';
import { rejected, Workbench, writeFiles } from '../../support/folders.ts';

describe('signatures of requests to a bucket', () => {
  // docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, “Examples: Signature calculations”
  const keys = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const may24 = Date.UTC(2013, 4, 24);
  const of = (method: string, at: string, headers: Record<string, string>, body = ''): Record<string, string> => {
    const url = new URL(`https://examplebucket.s3.amazonaws.com${at}`);
    return signed({ method, url, headers, bodyHash: sha256(body) }, keys, 'us-east-1', may24);
  };

  it('are those that Amazon publishes', () => {
    const stored = { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' };
    for (const [headers, names, signature] of [
      [
        of('GET', '/test.txt', { range: 'bytes=0-9' }),
        'host;range;x-amz-content-sha256;x-amz-date',
        'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      ],
      [
        of('PUT', '/test%24file.text', stored, 'Welcome to Amazon S3.'),
        'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
        '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
      ],
      [
        of('GET', `/?${queryOf({ lifecycle: '' })}`, {}),
        'host;x-amz-content-sha256;x-amz-date',
        'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
      ],
      [
        of('GET', `/?${queryOf({ prefix: 'J', 'max-keys': '2' })}`, {}),
        'host;x-amz-content-sha256;x-amz-date',
        '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
      ],
    ] as const) {
      const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
      assert.equal(headers['authorization'], `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${names},Signature=${signature}`);
    }
  });

  it('cover the token of keys that expire', () => {
    const url = new URL('https://examplebucket.s3.amazonaws.com/a');
    const headers = signed(
      { method: 'GET', url, headers: {}, bodyHash: sha256('') },
      { ...keys, token: 'for an hour' },
      'us-east-1',
      may24,
    );
    assert.equal(headers['x-amz-security-token'], 'for an hour');
    assert.match(headers['authorization']!, /SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,/);
  });
});

describe('keys for a bucket', () => {
  const bench = new Workbench();
  afterEach(() => bench.clear());

  const none = parseProfiles('', '');
  const amazon = parseBucketPlace('s3://course?region=eu-central-1');
  const school = parseBucketPlace('s3://course?endpoint=https://s3.school.example');
  const plain = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
  const isMissing = (act: () => unknown, why: RegExp): void =>
    assert.throws(act, (error: unknown) => {
      assert.ok(error instanceof SnapstageError && error.code === 'io' && error.details['reason'] === 'hub-unreachable');
      assert.match(String(error.details['keysFor']), /^https?:\/\/[^/]+\/course$/);
      assert.match(error.message, why);
      return true;
    });

  it('are read as other programs read their profiles', () => {
    const credentials = `
      # mine
[default]
aws_access_key_id = one
aws_secret_access_key=a/b+c=d # with a remark
aws_session_token =   long==

[school]\r
aws_access_key_id = two\r
aws_secret_access_key = three;four\r
nonsense
`;
    const config = `
[default]
region = eu-central-1
aws_access_key_id = counts less
s3 =
  addressing_style = path
[profile school]
services = ours
; endpoint_url = https://not.this
[services ours]
s3 =
  endpoint_url = https://s3.school.example
dynamodb =
  endpoint_url = https://other.example
[sso-session x]
sso_region = us-east-1
[not a profile here]
endpoint_url = https://evil.example
`;
    const { profiles, services } = parseProfiles(credentials, config);
    assert.deepEqual([...profiles.keys()].sort(), ['default', 'school']);
    assert.deepEqual(Object.fromEntries(profiles.get('default')!), {
      region: 'eu-central-1',
      aws_access_key_id: 'one',
      aws_secret_access_key: 'a/b+c=d',
      aws_session_token: 'long==',
      's3.addressing_style': 'path',
    });
    assert.equal(profiles.get('school')!.get('aws_secret_access_key'), 'three;four');
    assert.equal(services.get('ours')!.get('s3.endpoint_url'), 'https://s3.school.example');
    const read = parseProfiles(credentials, config);
    assert.deepEqual(keysFor(amazon, {}, read), { id: 'one', secret: 'a/b+c=d', token: 'long==' });
    assert.deepEqual(keysFor(school, {}, read), { id: 'two', secret: 'three;four' }, 'the only profile of this endpoint');
  });

  it('of the environment are Amazon’s unless it names another server', () => {
    assert.deepEqual(keysFor(amazon, { ...plain, AWS_SESSION_TOKEN: '' }, none), { id: 'id', secret: 'secret' });
    assert.deepEqual(keysFor(amazon, { ...plain, AWS_SESSION_TOKEN: 'token' }, none), { id: 'id', secret: 'secret', token: 'token' });
    const bound = { ...plain, AWS_ENDPOINT_URL: 'https://other.example', AWS_ENDPOINT_URL_S3: 'https://s3.school.example/' };
    assert.deepEqual(keysFor(school, bound, none), { id: 'id', secret: 'secret' });
    isMissing(() => keysFor(amazon, bound, none), /no keys are meant for https:\/\/s3\.eu-central-1/);
  });

  it('go to no other server than they are meant for', () => {
    const profiles = parseProfiles(
      '[default]\naws_access_key_id=one\naws_secret_access_key=x\n[a]\naws_access_key_id=two\naws_secret_access_key=y',
      '',
    );
    for (const endpoint of [
      'https://s3.school.example',
      'https://evil.example',
      'https://s3.eu-central-1.amazonaws.com.evil.example',
      'https://ec2-1-2-3-4.eu-central-1.compute.amazonaws.com',
      'https://x.execute-api.us-east-1.amazonaws.com',
      'https://s3.elb.amazonaws.com',
      'https://s3-evil.amazonaws.com',
      'https://s3.us-east-1.amazonaws.com:444',
      'http://127.0.0.1:9000',
    ]) {
      const place = parseBucketPlace(`s3://course?endpoint=${endpoint}`);
      for (const env of [plain, {}, { AWS_PROFILE: 'a' }]) isMissing(() => keysFor(place, env, profiles), /no keys are meant for/);
    }
    for (const host of [
      's3.amazonaws.com',
      's3.us-gov-west-1.amazonaws.com',
      's3.dualstack.eu-west-3.amazonaws.com',
      's3.cn-north-1.amazonaws.com.cn',
    ])
      assert.equal(keysFor(parseBucketPlace(`s3://course?endpoint=https://${host}`), plain, none).id, 'id');
  });

  it('are those of the profile that is named', () => {
    const profiles = parseProfiles(
      '[a]\naws_access_key_id=one\naws_secret_access_key=x\n[b]\naws_access_key_id=two\naws_secret_access_key=y',
      '[profile a]\nendpoint_url = https://s3.school.example\n[profile b]\nendpoint_url=https://s3.school.example\n[profile c]\nsso_session = x',
    );
    assert.equal(keysFor(school, { AWS_PROFILE: 'b' }, profiles).id, 'two');
    assert.equal(keysFor(school, { AWS_DEFAULT_PROFILE: 'a' }, profiles).id, 'one');
    isMissing(() => keysFor(school, {}, profiles), /no keys are meant for/); // two, and nobody says which
    isMissing(() => keysFor(amazon, { AWS_PROFILE: 'a' }, profiles), /give the profile “a” the line “endpoint_url = https:/);
    isMissing(() => keysFor(amazon, { AWS_PROFILE: 'none' }, profiles), /there is no profile “none”/);
    isMissing(() => keysFor(amazon, { AWS_PROFILE: 'c' }, profiles), /no keys but sso_session; “aws configure export-credentials”/);
  });

  it('come from files that may be elsewhere, or missing', async () => {
    const home = bench.folder();
    await rejected(environmentKeys({}, home)(school), 'io');
    writeFiles(home, {
      '.aws/credentials': '[default]\naws_access_key_id=one\naws_secret_access_key=x',
      '.aws/config': '[default]\nendpoint_url=https://s3.school.example',
      other: '[default]\naws_access_key_id=two\naws_secret_access_key=y',
    });
    assert.equal((await environmentKeys({}, home)(school)).id, 'one');
    assert.equal((await environmentKeys({ AWS_SHARED_CREDENTIALS_FILE: `${home}/other` }, home)(school)).id, 'two');
    await rejected(environmentKeys({ AWS_SHARED_CREDENTIALS_FILE: home }, home)(school), 'io');
  });
});
