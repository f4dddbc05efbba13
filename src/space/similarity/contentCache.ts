import { sizeOfContent, type Content } from './matches.ts';

/** Tokens that are kept: about 64 MiB. */
const MOST_TOKENS = 2 << 20;

/** The contents that were asked for last, as far as there is room for them: who compares many pairs reads most hand-ins once. */
export class ContentCache {
  private readonly read: (handIn: string) => Content;
  private readonly limit: number;
  /** Those asked for longest ago first. */
  private readonly contents = new Map<string, Content>();
  private size = 0;

  constructor(read: (handIn: string) => Content, limit = MOST_TOKENS) {
    this.read = read;
    this.limit = limit;
  }

  /** Throws as `read` does. */
  get(handIn: string): Content {
    const content = this.contents.get(handIn) ?? this.add(this.read(handIn));
    this.contents.delete(handIn);
    this.contents.set(handIn, content);
    for (const [oldest, one] of this.contents) {
      if (this.size <= this.limit || oldest === handIn) break;
      this.contents.delete(oldest);
      this.size -= sizeOfContent(one);
    }
    return content;
  }

  private add(content: Content): Content {
    this.size += sizeOfContent(content);
    return content;
  }
}
