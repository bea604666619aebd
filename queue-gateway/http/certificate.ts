import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Logger } from '../../shared/logger.ts';

export interface CertificateFiles {
  certFile: string;
  keyFile: string;
}

export interface Certificate {
  cert: Buffer;
  key: Buffer;
}

const checkEveryMs = 2_000;

/** @throws Error when the files cannot be read or do not belong together. */
export function loadCertificate({ certFile, keyFile }: CertificateFiles): Certificate {
  const certificate = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  createSecureContext(certificate);
  return certificate;
}

const stampOf = ({ certFile, keyFile }: CertificateFiles): string =>
  [certFile, keyFile].map((file) => statSync(file).mtimeMs).join();

/**
 * Hands a renewed certificate over; connections that stand keep theirs. While the new files do not
 * belong together (one is written after the other) the old one stays.
 * @returns what stops it.
 */
export function followCertificate(
  files: CertificateFiles,
  log: Logger,
  onRenewed: (certificate: Certificate) => void,
): () => void {
  let seen = stampOf(files);
  const timer = setInterval(() => {
    try {
      const stamp = stampOf(files);
      if (stamp === seen) return;
      onRenewed(loadCertificate(files));
      seen = stamp;
      log.info('the certificate was renewed');
    } catch (error) {
      log.error({ err: error }, 'the new certificate cannot be used');
    }
  }, checkEveryMs).unref();
  return () => clearInterval(timer);
}
