/**
 * The whole journey of a fan as lines to paste into a shell: `sh`, `bash` or `zsh` with `curl`,
 * `grep` and `sed`. Each answer is shown, and what the next call needs is picked from it.
 */
export function curlStory(gatewayUrl: string): string {
  return `BASE=${gatewayUrl} AUTH= QUEUE=
call() {
  A=$(curl -sS -X "$1" "$BASE$2" -H "Authorization: $AUTH" -H "X-Queue-Token: $QUEUE" \\
    -H 'Content-Type: application/json' \${3:+-d "$3"})
  printf '\\n%s %s\\n%s\\n' "$1" "$2" "$A" | cut -c 1-200
}
pick() { printf '%s' "$A" | grep -o "\\"$1\\":\\"[^\\"]*" | head -n 1 | sed 's/.*"//'; }

ME='{"userName":"fan-'$(date +%s)-$$'","password":"a-long-password"}'
call POST /auth/register "$ME"
call POST /auth/login "$ME";           AUTH="Bearer $(pick accessToken)"
call GET /concerts;                    CONCERT=$(pick concertId)
call POST /queue/$CONCERT/tokens;      QUEUE=$(pick token)
call GET /concerts/$CONCERT/schedules; SCHEDULE=$(pick concertScheduleId)
call GET /concerts/$CONCERT/schedules/$SCHEDULE/seats
call POST /concerts/$CONCERT/reservations '{"scheduleId":"'$SCHEDULE'","quantity":1}'
RESERVATION=$(pick reservationId)
call POST /points/charges '{"amount":500000}'
call POST /concerts/$CONCERT/payments '{"reservationIds":["'$RESERVATION'"]}'
call GET /reservations
`;
}
