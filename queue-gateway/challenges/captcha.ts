import { request } from 'undici';
import { z } from 'zod';
import { Problem } from '../../shared/problems.ts';

/** A provider that tells people from programs, of the shape of Turnstile's `siteverify`. */
export interface Captcha {
  /** For the widget of a page. */
  siteKey: string;
  /** Whether the provider vouches for this answer. @throws Problem `unavailable`. */
  verify(answer: CaptchaAnswer): Promise<boolean>;
}

export interface CaptchaAnswer {
  token: string;
  /** Of the caller. */
  address: string;
  /** What the widget was given as its customer data: room and account. */
  boundTo: string;
}

export interface CaptchaConfig {
  verifyUrl: string;
  siteKey: string;
  secret: string;
}

/** https://developers.cloudflare.com/turnstile/get-started/server-side-validation/ */
const replySchema = z.object({ success: z.boolean(), cdata: z.string().optional() });

const timeoutMs = 3_000;
const maxReplyBytes = 16 * 1_024;

export const captchaBinding = (roomId: string, userId: string): string => `${roomId}.${userId}`;

/** No answer of the provider is no admission: it fails closed. */
export function createCaptcha({ verifyUrl, siteKey, secret }: CaptchaConfig): Captcha {
  async function ask(answer: CaptchaAnswer): Promise<z.infer<typeof replySchema>> {
    const form = new URLSearchParams({ secret, response: answer.token, remoteip: answer.address });
    const { statusCode, body } = await request(verifyUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      signal: AbortSignal.timeout(timeoutMs),
    });
    let text = '';
    for await (const chunk of body.setEncoding('utf8')) {
      text += String(chunk);
      if (text.length > maxReplyBytes) throw new Error('the answer is too long');
    }
    // A refusal is 200 as well; anything else is a fault of theirs or of our settings.
    if (statusCode !== 200) throw new Error(`the provider answered ${statusCode}`);
    return replySchema.parse(JSON.parse(text));
  }

  return {
    siteKey,
    async verify(answer) {
      try {
        const { success, cdata } = await ask(answer);
        return success && (cdata === undefined || cdata === '' || cdata === answer.boundTo);
      } catch (cause) {
        throw new Problem('unavailable', { retryAfterSeconds: 5, cause });
      }
    },
  };
}
