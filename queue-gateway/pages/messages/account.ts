import { catalogue } from '../i18n/translate.ts';

/** Log in and make an account. */
export const accountMessages = catalogue({
  en: {
    loginTitle: 'Log in',
    loginLead: 'One account, one place in each line.',
    registerTitle: 'Make an account',
    registerLead: 'A name and a password are all we ask for.',
    userName: 'User name',
    userNameHint: '3 to 64 letters, digits or . _ - + @ — a mail address fits',
    password: 'Password',
    passwordHint: '8 characters or more. A long sentence is a good password.',
    noAccount: 'No account yet?',
    hasAccount: 'You have an account?',
    fieldWrong: 'Please check this field',
  },
  ko: {
    loginTitle: '로그인',
    loginLead: '계정 하나에 대기열마다 한 자리입니다.',
    registerTitle: '회원가입',
    registerLead: '아이디와 비밀번호만 있으면 됩니다.',
    userName: '아이디',
    userNameHint: '영문, 숫자, . _ - + @ 3~64자. 이메일 주소도 됩니다.',
    password: '비밀번호',
    passwordHint: '8자 이상. 긴 문장이 좋은 비밀번호입니다.',
    noAccount: '계정이 없으신가요?',
    hasAccount: '이미 계정이 있으신가요?',
    fieldWrong: '입력한 내용을 확인해 주세요',
  },
});
