/** An extension as the editor's profile has it installed: only the editor knows, and what it says is kept with a snapshot. */
export interface InstalledExtension {
  /** `publisher.name`, in small letters. */
  readonly id: string;
  readonly version: string;
}

/** No profile has more. */
export const MAX_EXTENSIONS = 2000;
/** Nothing else becomes an argument of a command. */
const ID = /^[a-z0-9][a-z0-9-]{0,100}\.[a-z0-9][a-z0-9_-]{0,100}$/;
const VERSION = /^\d[\w.+-]{0,99}$/;

/** What of a value, which may be anybody's, are extensions: by id, each once, as many as a profile may have. */
export function installedExtensions(value: unknown): InstalledExtension[] {
  const listed: readonly unknown[] = Array.isArray(value) ? value : [];
  const found = new Map<string, InstalledExtension>();
  for (const each of listed) {
    const id = extensionId(fieldOf(each, 'id'));
    const version = fieldOf(each, 'version');
    if (id !== undefined && isVersion(version)) found.set(id, { id, version });
    if (found.size === MAX_EXTENSIONS) break;
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** True for a list of extensions as a record holds it. */
export function isExtensionList(value: unknown): boolean {
  const isExtension = (each: unknown): boolean => {
    const id = fieldOf(each, 'id');
    return id !== undefined && extensionId(id) === id && isVersion(fieldOf(each, 'version'));
  };
  return Array.isArray(value) && value.length <= MAX_EXTENSIONS && value.every(isExtension);
}

/** The id of an extension in small letters; `undefined` for what is none. */
export function extensionId(value: unknown): string | undefined {
  const id = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  return id !== undefined && ID.test(id) ? id : undefined;
}

function isVersion(value: unknown): value is string {
  return typeof value === 'string' && VERSION.test(value);
}

function fieldOf(value: unknown, name: keyof InstalledExtension): unknown {
  return typeof value === 'object' && value !== null && name in value ? (value as Record<typeof name, unknown>)[name] : undefined;
}
