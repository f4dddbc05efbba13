import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { isOnline } from '../../../src/editor/space/network.ts';
import { hubNeedsNetwork } from '../../../src/engine/hubs.ts';

const address = (internal: boolean): NetworkInterfaceInfo => ({
  address: '192.0.2.7',
  netmask: '255.255.255.0',
  family: 'IPv4',
  mac: '00:00:00:00:00:00',
  internal,
  cidr: null,
});

describe('a network', () => {
  it('is there where this computer has an address that is not its own alone', () => {
    assert.equal(isOnline({ lo: [address(true)], eth0: [address(false)] }), true);
    assert.equal(isOnline({ lo: [address(true)], eth0: undefined, eth1: [] }), false);
    assert.equal(isOnline({}), false);
  });

  it('is needed for hubs on other machines that are no folders', () => {
    const needed = [
      'git+ssh://git@git.example.org/course/hub.git',
      'git+https://git.example.org:8443/{area}.git',
      's3://bucket/course?endpoint=https%3A%2F%2Fs3.example.org',
    ];
    const others = [
      '/srv/hub',
      'git+file:///srv/hub.git',
      'git+http://127.0.0.1:8080/hub.git',
      'git+ssh://localhost/hub.git',
      's3://bucket?endpoint=http%3A%2F%2F%5B%3A%3A1%5D%3A9000',
    ];
    assert.deepEqual([...needed, ...others].map(hubNeedsNetwork), [true, true, true, false, false, false, false, false]);
  });
});
