/**
 * The whole journey of a fan as lines to paste into a shell: `sh`, `curl`, `grep`, `sed` and
 * nothing else. Each answer is printed, the values that the next call needs are picked from it.
 */
export function curlStory(gatewayUrl: string): string {
  return `BASE=${gatewayUrl}
say() { echo; echo "$1"; echo "$2" | cut -c 1-240; }
pick() { grep -o "\\"$1\\":\\"\\{0,1\\}[^\\",}]*" | head -n 1 | sed 's/.*[:"]//'; }
call() { curl -sS -X "$1" "$BASE$2" -H 'Content-Type: application/json' -H "Authorization: $AUTH" -H "X-Queue-Token: $QUEUE" \${3:+-d "$3"}; }
AUTH= QUEUE=
NAME=fan-$(date +%s)-$$
A=$(call POST /auth/register '{"userName":"'$NAME'","password":"a-long-password"}'); say register "$A"
A=$(call POST /auth/login '{"userName":"'$NAME'","password":"a-long-password"}'); say login "$A"; AUTH="Bearer $(echo "$A" | pick accessToken)"
A=$(call GET /concerts); say concerts "$A"; CONCERT=$(echo "$A" | pick concertId)
A=$(call POST /queue/$CONCERT/tokens); say 'queue token' "$A"; QUEUE=$(echo "$A" | pick token)
A=$(call GET "/concerts/$CONCERT/schedules?available=true"); say schedules "$A"; SCHEDULE=$(echo "$A" | pick concertScheduleId)
A=$(call GET /concerts/$CONCERT/schedules/$SCHEDULE/seats); say seats "$A"
A=$(call POST /concerts/$CONCERT/reservations '{"scheduleId":"'$SCHEDULE'","quantity":1}'); say hold "$A"; HOLD=$(echo "$A" | pick reservationId)
A=$(call POST /points/charges '{"amount":500000}'); say charge "$A"
A=$(call POST /concerts/$CONCERT/payments '{"reservationIds":["'$HOLD'"]}'); say pay "$A"
A=$(call GET /reservations); say 'my reservations' "$A"
`;
}
