/** What the engine says of hubs in buckets, in the language of the editor; see `engineWords.ts`. */
import { l10n } from 'vscode';
import { part, type Translation } from '../translation.ts';

/** What a server says stays as it is. */
export function bucketTranslations(): readonly Translation[] {
  return [...refusalTranslations(), ...reasonTranslations(), ...clockTranslations(), ...keyTranslations(), ...placeTranslations()];
}

function refusalTranslations(): readonly Translation[] {
  return [
    [/^The hub (.*) is full: (.*)\.$/s, (place, why) => l10n.t('The hub {0} is full: {1}.', part(place), part(why))],
    [
      /^The keys for the hub (.*) may not read “(.*)” there\. /s,
      (place, name) => l10n.t('The keys for the hub {0} may not read “{1}” there. Ask whoever shares it.', part(place), part(name)),
    ],
    [/^The hub (.*) refused: (.*)\.$/s, (place, why) => l10n.t('The hub {0} refused: {1}.', part(place), part(why))],
    [
      /^“(.*)” in the hub was replaced while it was fetched\.$/s,
      (name) => l10n.t('“{0}” in the hub was replaced while it was fetched.', part(name)),
    ],
    [
      /^“(.*)” in the hub was removed while it was fetched\.$/s,
      (name) => l10n.t('“{0}” in the hub was removed while it was fetched.', part(name)),
    ],
    [
      /^“(.*)” in the hub came otherwise than it was sent\.$/s,
      (name) => l10n.t('“{0}” in the hub came otherwise than it was sent.', part(name)),
    ],
  ];
}

function reasonTranslations(): readonly Translation[] {
  return [
    [/^there is no bucket “(.*)”$/s, (bucket) => l10n.t('there is no bucket “{0}”', part(bucket))],
    [/^the bucket is in the region (.*)$/s, (region) => l10n.t('the bucket is in the region {0}', part(region))],
    [/^these keys may not read there$/, () => l10n.t('these keys may not read there')],
    [/^it is too busy, or out of order \((.*)\)$/s, (code) => l10n.t('it is too busy, or out of order ({0})', part(code))],
    [/^it does not know the access key$/, () => l10n.t('it does not know the access key')],
    [/^the secret of the access key is another one$/, () => l10n.t('the secret of the access key is another one')],
    [
      /^the keys have expired, or their session token is not theirs; get new ones$/,
      () => l10n.t('the keys have expired, or their session token is not theirs; get new ones'),
    ],
    [/^the clock of this machine is wrong; set it$/, () => l10n.t('the clock of this machine is wrong; set it')],
    [/^there is no server of this name, or no network here$/, () => l10n.t('there is no server of this name, or no network here')],
    [/^no server answers there$/, () => l10n.t('no server answers there')],
    [/^the connection is cut again and again$/, () => l10n.t('the connection is cut again and again')],
    [/^its certificate is not trusted here \((.*)\)$/s, (code) => l10n.t('its certificate is not trusted here ({0})', part(code))],
    [/^it does not answer \((.*) s\)$/s, (seconds) => l10n.t('it does not answer ({0} s)', part(seconds))],
    [/^its (?:answer|list) makes no sense$/, () => l10n.t('its answer makes no sense')],
    [/^what came is not what was sent$/, () => l10n.t('what came is not what was sent')],
  ];
}

function clockTranslations(): readonly Translation[] {
  return [
    [
      /^the clock of this machine is (\d+) days ahead of the server’s; set it$/,
      (count) => l10n.t('the clock of this machine is {0} days ahead of the server’s; set it', part(count)),
    ],
    [
      /^the clock of this machine is (\d+) days behind the server’s; set it$/,
      (count) => l10n.t('the clock of this machine is {0} days behind the server’s; set it', part(count)),
    ],
    [
      /^the clock of this machine is (\d+) hours ahead of the server’s; set it$/,
      (count) => l10n.t('the clock of this machine is {0} hours ahead of the server’s; set it', part(count)),
    ],
    [
      /^the clock of this machine is (\d+) hours behind the server’s; set it$/,
      (count) => l10n.t('the clock of this machine is {0} hours behind the server’s; set it', part(count)),
    ],
    [
      /^the clock of this machine is (\d+) minutes ahead of the server’s; set it$/,
      (count) => l10n.t('the clock of this machine is {0} minutes ahead of the server’s; set it', part(count)),
    ],
    [
      /^the clock of this machine is (\d+) minutes behind the server’s; set it$/,
      (count) => l10n.t('the clock of this machine is {0} minutes behind the server’s; set it', part(count)),
    ],
  ];
}

function keyTranslations(): readonly Translation[] {
  return [
    [/^the profile “(.*)” has no keys$/s, (profile) => l10n.t('the profile “{0}” has no keys', part(profile))],
    [
      /^the profile “(.*)” has no keys but (.*); /s,
      (profile, other) =>
        l10n.t(
          'the profile “{0}” has no keys but {1}; “aws configure export-credentials” gives keys for the environment',
          part(profile),
          part(other),
        ),
    ],
    [/^there is no profile “(.*)” in ~\/\.aws$/s, (profile) => l10n.t('there is no profile “{0}” in ~/.aws', part(profile))],
    [
      /^no keys are meant for (.*); give a profile in ~\/\.aws the line .*$/s,
      (endpoint) =>
        l10n.t(
          'no keys are meant for {0}; give a profile in ~/.aws the line “endpoint_url = {0}”, or set AWS_ENDPOINT_URL_S3 beside keys in the environment',
          part(endpoint),
        ),
    ],
    [
      /^no keys are meant for (.*); give the profile “(.*)” the line .*$/s,
      (endpoint, profile) =>
        l10n.t(
          'no keys are meant for {0}; give the profile “{1}” the line “endpoint_url = {0}”, or set AWS_ENDPOINT_URL_S3 beside keys in the environment',
          part(endpoint),
          part(profile),
        ),
    ],
  ];
}

function placeTranslations(): readonly Translation[] {
  return [
    [
      /^it does not start with “s3:\/\/” and the name of a bucket$/,
      () => l10n.t('it does not start with “s3://” and the name of a bucket'),
    ],
    [/^its region is none$/, () => l10n.t('its region is none')],
    [/^its style is neither “path” nor “virtual”$/, () => l10n.t('its style is neither “path” nor “virtual”')],
    [/^an address of numbers has no names below it$/, () => l10n.t('an address of numbers has no names below it')],
    [
      /^“(.*)” is none of what can be said of it: (.*)$/s,
      (name, names) => l10n.t('“{0}” is none of what can be said of it: {1}', part(name), part(names)),
    ],
    [/^its (.*) is not said once$/s, (name) => l10n.t('its {0} is not said once', part(name))],
    [/^its (.*) can’t be read$/s, (name) => l10n.t('its {0} can’t be read', part(name))],
    [
      /^its endpoint is not the plain address of a server, /,
      () => l10n.t('its endpoint is not the plain address of a server, such as “https://s3.example.org”'),
    ],
    [
      /^its endpoint does not start with “https:”, and is not on this machine$/,
      () => l10n.t('its endpoint does not start with “https:”, and is not on this machine'),
    ],
    [/^its prefix is not made of /, () => l10n.t('its prefix is not made of letters, digits and “_=.-” between single slashes')],
  ];
}
