import type { Duplex } from 'node:stream';

/** Time to take the last words in, and to hang up in turn. */
const lingerMs = 1_000;

/**
 * RFC 9112 §9.6: says the last words and hangs up its own half; what still comes is let fall, for a
 * moment. Hung up at once, a caller who is still sending gets a reset and may never see the words.
 * The other side may keep its own half open for ever, or have never finished its TLS handshake, so
 * that nothing can be sent.
 */
export function endLingering(socket: Duplex, lastWords = ''): void {
  const cut = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(cut));
  socket.end(lastWords);
}
