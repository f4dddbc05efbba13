import assert from 'node:assert/strict';
import { cacheFolder, homeFolder } from '../../../src/base/home.ts';

describe('the folder of a user', () => {
  it('is that of the platform', () => {
    assert.equal(homeFolder({}, 'linux', '/home/ada'), '/home/ada/.config/snapstage');
    assert.equal(homeFolder({ XDG_CONFIG_HOME: '/ada/config' }, 'linux', '/home/ada'), '/ada/config/snapstage');
    assert.equal(homeFolder({ XDG_CONFIG_HOME: '/x' }, 'darwin', '/Users/ada'), '/Users/ada/Library/Application Support/Snapstage');
    assert.equal(homeFolder({ APPDATA: 'D:\\Roaming' }, 'win32', 'C:\\Users\\ada'), 'D:\\Roaming\\Snapstage');
    assert.equal(homeFolder({}, 'win32', 'C:\\Users\\ada'), 'C:\\Users\\ada\\AppData\\Roaming\\Snapstage');
  });

  it('is none that depends on where a command was started, unless that was chosen', () => {
    assert.equal(homeFolder({ XDG_CONFIG_HOME: 'config' }, 'linux', '/home/ada'), '/home/ada/.config/snapstage');
    assert.equal(homeFolder({ XDG_CONFIG_HOME: '', SNAPSTAGE_HOME: '' }, 'linux', '/home/ada'), '/home/ada/.config/snapstage');
    assert.equal(homeFolder({ APPDATA: 'Roaming' }, 'win32', 'C:\\Users\\ada'), 'C:\\Users\\ada\\AppData\\Roaming\\Snapstage');
    assert.equal(homeFolder({ SNAPSTAGE_HOME: '/tmp/bob' }, 'linux', '/home/ada'), '/tmp/bob');
    assert.equal(homeFolder({ SNAPSTAGE_HOME: 'bob' }, 'linux', '/home/ada'), `${process.cwd()}/bob`);
  });

  it('for what only saves time is another', () => {
    assert.equal(cacheFolder({ SNAPSTAGE_HOME: '/tmp/bob' }, 'linux', '/home/ada'), '/home/ada/.cache/snapstage');
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/ada/cache' }, 'linux', '/home/ada'), '/ada/cache/snapstage');
    assert.equal(cacheFolder({ XDG_CACHE_HOME: 'cache' }, 'linux', '/home/ada'), '/home/ada/.cache/snapstage');
    assert.equal(cacheFolder({}, 'darwin', '/Users/ada'), '/Users/ada/Library/Caches/Snapstage');
    assert.equal(cacheFolder({ LOCALAPPDATA: 'D:\\Local' }, 'win32', 'C:\\Users\\ada'), 'D:\\Local\\Snapstage\\Cache');
    assert.equal(cacheFolder({}, 'win32', 'C:\\Users\\ada'), 'C:\\Users\\ada\\AppData\\Local\\Snapstage\\Cache');
  });
});
