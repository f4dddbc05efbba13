/**
 * The pre-authentication encoding of DSSE (github.com/secure-systems-lab/dsse, protocol.md), `DSSEv1 LEN(label) label LEN(part) part`,
 * gone on with ` LEN(part) part` for each further part. Every length stands before what it is of, so that no two lists of a label and
 * parts have the same bytes. Used for all that is signed, and for all that keys are derived from.
 */
export function preAuthEncoding(label: string, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const pieces: Buffer[] = [Buffer.from('DSSEv1')];
  for (const part of [label, ...parts]) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    pieces.push(Buffer.from(` ${bytes.length} `), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }
  return Buffer.concat(pieces);
}
