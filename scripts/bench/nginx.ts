import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary, searchDirs } from '../stack/find-binary.ts';
import { freePort } from '../stack/free-port.ts';

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

/** USER_HZ of Linux: ticks of /proc/<pid>/stat in a second. */
const ticksPerSecond = 100;

function cpuMicrosOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000_000;
}

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
