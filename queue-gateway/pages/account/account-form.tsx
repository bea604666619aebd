import type { Translate } from '../i18n/translate.ts';
import type { accountMessages } from '../messages/account.ts';
import type { CommonKey } from '../messages/common.ts';

export interface AccountFormProps {
  t: Translate<keyof (typeof accountMessages)['en'] | CommonKey>;
  kind: 'login' | 'register';
  /** Where to go afterwards: a path of ours. */
  to: string;
  userName: string;
  /** What went wrong with what was sent before, in words. */
  fault?: { words: string; fields: readonly string[] };
}

const titles = {
  login: { title: 'loginTitle', lead: 'loginLead', button: 'logIn' },
  register: { title: 'registerTitle', lead: 'registerLead', button: 'register' },
} as const;

interface FieldProps extends AccountFormProps {
  name: 'userName' | 'password';
}

function Field({ t, name, kind, userName, fault }: FieldProps) {
  const isWrong = fault?.fields.includes(name) ?? false;
  const isName = name === 'userName';
  const passwordUse = kind === 'login' ? 'current-password' : 'new-password';
  return (
    <label class="field">
      <span>{t(name)}</span>
      <input
        name={name}
        type={isName ? 'text' : 'password'}
        value={isName ? userName : undefined}
        autocomplete={isName ? 'username' : passwordUse}
        autocapitalize="none"
        required
        minlength={kind === 'register' ? (isName ? 3 : 8) : undefined}
        maxlength={isName ? 64 : 128}
        aria-invalid={isWrong ? 'true' : undefined}
        aria-describedby={kind === 'register' ? `${name}-hint` : undefined}
      />
      {kind === 'register' ? (
        <small id={`${name}-hint`}>{t(isName ? 'userNameHint' : 'passwordHint')}</small>
      ) : null}
    </label>
  );
}

/** Log in, or make an account and be logged in with it. */
export function AccountForm(props: AccountFormProps) {
  const { t, kind, to, fault } = props;
  const { title, lead, button } = titles[kind];
  const other = kind === 'login' ? 'register' : 'login';
  return (
    <section class="narrow stack">
      <h1>{t(title)}</h1>
      <p class="lead">{t(lead)}</p>
      {fault ? (
        <p class="notice bad" role="alert">
          {fault.words}
        </p>
      ) : null}
      <form class="card stack" method="post" action={`/${kind}`}>
        <input type="hidden" name="to" value={to} />
        <Field {...props} name="userName" />
        <Field {...props} name="password" />
        <button class="button wide">{t(button)}</button>
      </form>
      <p>
        {t(kind === 'login' ? 'noAccount' : 'hasAccount')}{' '}
        <a href={`/${other}?to=${encodeURIComponent(to)}`}>{t(titles[other].button)}</a>
      </p>
    </section>
  );
}
