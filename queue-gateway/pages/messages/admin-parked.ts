import { catalogue } from '../i18n/translate.ts';

/** The operator's desk: events of the core that the line refused. */
export const adminParkedMessages = catalogue({
  en: {
    parked: 'Events the line has not heard of',
    parkedLead:
      'They were refused again and again, so later ones went past them. Until then a slot may count as taken, or a seat as gone, that is free. Once the cause is mended, deliver them.',
    parkedSome: 'Some events were refused by the line and wait for you.',
    parkedShow: 'Show them',
    parkedNone: 'The line has heard of everything.',
    event: 'Event',
    happened: 'Happened',
    givenUp: 'Given up',
    attempts: 'Attempts',
    deliver: 'Deliver it',
    delivers: 'It is being delivered. If it is refused again, it comes back here.',
    allRooms: 'All rooms',
  },
  ko: {
    parked: '대기열에 전달되지 않은 이벤트',
    parkedLead:
      '여러 번 거부되어 이후 이벤트가 먼저 처리되었습니다. 비어 있는 자리나 좌석이 사용 중으로 집계될 수 있습니다. 원인을 해결한 뒤 전달하세요.',
    parkedSome: '대기열이 거부한 이벤트가 처리를 기다리고 있습니다.',
    parkedShow: '보기',
    parkedNone: '대기열이 모든 이벤트를 받았습니다.',
    event: '이벤트',
    happened: '발생',
    givenUp: '포기',
    attempts: '시도',
    deliver: '전달',
    delivers: '전달하고 있습니다. 다시 거부되면 여기로 돌아옵니다.',
    allRooms: '대기실 전체',
  },
});
export type AdminParkedWords = (typeof adminParkedMessages)['en'];
