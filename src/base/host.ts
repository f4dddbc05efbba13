/** What the core may know of the machine it runs on; handed in, so that tests can play another. */
export interface Host {
  /** Milliseconds since 1970. */
  now(): number;
  /** `bytes` random bytes as lower-case hex. */
  randomHex(bytes: number): string;
  /** This machine, or this container on it: processes that can see one another have the same. */
  readonly hostName: string;
  /** Of the last start of the machine; an estimate where processes have no known start. */
  readonly bootId: string;
  readonly pid: number;
  /** When this process started, in a unit only compared for equality; `''` where the system does not tell. */
  readonly processStart: string;
  /** True when a process of that number and start time lives on this machine. */
  isAlive(pid: number, processStart: string): boolean;
  /** Calls `action` every `ms` milliseconds until disposed of; keeps no process alive. */
  every(ms: number, action: () => void): Disposable;
}
