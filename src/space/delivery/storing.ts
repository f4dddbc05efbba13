import { quietly } from '../../base/errors.ts';
import { idOf } from '../../store/ids.ts';
import { Intake } from '../../store/intake.ts';
import type { ObjectSink } from '../../store/objectWriter.ts';
import type { Store } from '../../store/store.ts';

/** Lets objects be stored, all of them durably by the end. When `run` throws, none is left. Returns what it does. */
export function storing<T>(store: Store, run: (sink: ObjectSink) => T): T {
  const intake = new Intake(store);
  const put = (content: Buffer, kind: 'data' | 'meta'): Buffer => {
    intake.put({ content, kind });
    return idOf(content);
  };
  try {
    const result = run({ put });
    intake.finish();
    return result;
  } catch (error) {
    quietly(() => intake.abandon());
    throw error;
  }
}
