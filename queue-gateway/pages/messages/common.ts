import { catalogue } from '../i18n/translate.ts';

/** What stands on every page. */
export const commonMessages = catalogue({
  en: {
    brand: 'Concert On-sale',
    skip: 'Skip to content',
    navConcerts: 'Concerts',
    navTickets: 'My tickets',
    navPoints: 'Points',
    navMenu: 'Main',
    logIn: 'Log in',
    logOut: 'Log out',
    register: 'Make an account',
    language: 'Language',
    back: 'Back',
    footer: 'One place per account. First come, first served, or a draw anyone can check.',
    apiDocs: 'The API',
    offline: 'You are offline. What you see is as it was; it goes on by itself when you are back.',
  },
  ko: {
    brand: '콘서트 예매',
    skip: '본문으로 건너뛰기',
    navConcerts: '공연',
    navTickets: '내 티켓',
    navPoints: '포인트',
    navMenu: '주 메뉴',
    logIn: '로그인',
    logOut: '로그아웃',
    register: '회원가입',
    language: '언어',
    back: '뒤로',
    footer: '계정당 한 자리. 먼저 온 순서, 또는 누구나 확인할 수 있는 추첨.',
    apiDocs: 'API 문서',
    offline: '오프라인 상태입니다. 마지막으로 확인한 내용이며, 연결되면 자동으로 이어집니다.',
  },
});
export type CommonKey = keyof (typeof commonMessages)['en'];
