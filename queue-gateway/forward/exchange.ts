import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { toCallerHeaders } from './header-rules.ts';

/** What holds for every call of an endpoint. */
export interface CallKind {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Runs to its end even when the caller has gone. */
  changes: boolean;
  /** Its answer is for one account only. */
  personal: boolean;
  /** Longest wait for the head of the answer, between two pieces of it, and for who takes them. */
  timeoutMs: number;
  /** An answer that is never passed on, e.g. the core's refusal of our own assertion. */
  refuses: (status: number) => boolean;
}

export interface UpstreamCall {
  kind: CallKind;
  /** Path and query at the core. */
  target: string;
  /** Names and values in turn, of one try: made anew for each, because an assertion is good for one. */
  headers: () => string[];
  /** A stream is sent once. */
  body: Buffer | Readable | null;
  /** May be sent again when the connection was reset under it. */
  repeatable: boolean;
}

/** The status of the core's answer, or that the caller went before there was one. */
export type Outcome = number | 'abandoned';

const callerGone = new Error('the caller has gone');

/** An answer up to here that came in one piece is written in one piece, with its head. */
const onePieceMaxBytes = 16 * 1_024;

/**
 * One try of a call: passes the answer on as it comes, and back-pressure the other way; stops when
 * nobody is there to take it any more.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #kind: CallKind;
  readonly #outgoing: ServerResponse;
  readonly #onClose: () => void;
  #resolve: (outcome: Outcome) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #answered: number | undefined;
  /** Read, not passed on yet: they wait for the first piece of the body. */
  #headers: IncomingHttpHeaders | undefined;
  #onlyPiece: Buffer | undefined;
  #stalled: NodeJS.Timeout | undefined;
  #onDrain: (() => void) | undefined;

  /** Rejects when the caller has been told nothing. */
  readonly outcome: Promise<Outcome>;

  constructor(kind: CallKind, outgoing: ServerResponse) {
    this.#kind = kind;
    this.#outgoing = outgoing;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#onClose = () => this.#callerLeft();
    outgoing.on('close', this.#onClose);
  }

  /** The core has said something: nobody takes this call for one that it never saw. */
  get isAnswered(): boolean {
    return this.#answered !== undefined;
  }

  #abort(): void {
    this.#controller?.abort(callerGone);
  }

  #callerLeft(): void {
    const { changes } = this.#kind;
    if (!this.#outgoing.writableFinished && (this.isAnswered || !changes)) this.#abort();
  }

  /** Undici waits for ever while it is paused: who reads nothing would keep a socket to the core. */
  #wait(): void {
    this.#controller?.pause();
    // What was read before the pause still comes, piece by piece: each calls once more.
    clearTimeout(this.#stalled);
    this.#stalled = setTimeout(() => this.#abort(), this.#kind.timeoutMs);
    if (this.#onDrain) return;
    this.#onDrain = () => {
      clearTimeout(this.#stalled);
      this.#controller?.resume();
    };
    this.#outgoing.on('drain', this.#onDrain);
  }

  #writeHead(): void {
    const headers = this.#headers;
    const outgoing = this.#outgoing;
    this.#headers = undefined;
    if (!headers || outgoing.destroyed) return;
    const { personal } = this.#kind;
    const passed = toCallerHeaders(headers, personal);
    // What is one account's own is never another's answer, wherever it is kept (RFC 9111 §4.1).
    // A page of another origin has had its own word on it.
    const already = personal ? outgoing.getHeader('vary') : undefined;
    if (personal)
      passed['vary'] = `${already ? `${String(already)}, ` : ''}authorization, x-queue-token`;
    outgoing.writeHead(this.#answered ?? 502, passed);
  }

  #end(): void {
    clearTimeout(this.#stalled);
    if (this.#onDrain) this.#outgoing.off('drain', this.#onDrain);
    this.#outgoing.off('close', this.#onClose);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#outgoing.destroyed && !this.#kind.changes) this.#abort();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return;
    if (this.#kind.refuses(status)) {
      controller.abort(new Error(`the core answered ${status}`));
      return;
    }
    this.#answered = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const lengthBytes = Number(this.#headers?.['content-length']);
    if (chunk.length === lengthBytes && lengthBytes <= onePieceMaxBytes) {
      this.#onlyPiece = chunk;
      return;
    }
    this.#writeHead();
    if (!this.#outgoing.destroyed && !this.#outgoing.write(chunk)) this.#wait();
  }

  onResponseEnd(): void {
    this.#end();
    this.#writeHead();
    // As text, byte for byte, node puts it behind the head and writes both at once.
    if (this.#onlyPiece) this.#outgoing.end(this.#onlyPiece.toString('latin1'), 'latin1');
    else this.#outgoing.end();
    this.#resolve(this.#answered ?? 'abandoned');
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    if (!this.#outgoing.headersSent && error !== callerGone) {
      this.#reject(error);
      return;
    }
    // Half an answer is cut off, so that nobody takes it for a whole one.
    this.#outgoing.destroy();
    this.#resolve(this.#answered ?? 'abandoned');
  }
}
