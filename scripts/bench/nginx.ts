import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary, searchDirs } from '../stack/find-binary.ts';
import { freePort } from '../stack/free-port.ts';
import { cpuMicrosOf } from './process-cpu.ts';

const config = (port: number, folder: string, upstream: string): string => `
worker_processes 1;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream core { server ${upstream}; keepalive 128; }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    location / {
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_pass http://core;
    }
  }
}
`;

/** nginx in front of `upstream` (`host:port`), or undefined where it is not installed. */
export async function startNginx(upstream: string) {
  const binary = findBinary(['nginx'], searchDirs(process.env));
  if (binary === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, config(port, folder, upstream));
  // One process only, so that its CPU time is all of it.
  const options = ['-c', file, '-p', folder, '-g', 'daemon off; master_process off;'];
  const child = spawn(binary, options, { stdio: 'ignore' });
  return {
    name: 'nginx',
    port,
    cpuMicros: () => Promise.resolve(cpuMicrosOf(child.pid ?? 0)),
    stop: () => {
      child.once('exit', () => rmSync(folder, { recursive: true, force: true }));
      child.kill();
    },
  };
}
