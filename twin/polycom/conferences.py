"""The calls as the REST interface shows them: a conference for each."""

from __future__ import annotations

from typing import Any

from twin.polycom.endpoint import CallRefused, Endpoint
from twin.polycom.https import Request, Response, Wrong, failure, json_object


class Conferences:
    """What can be asked about calls."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def dial(self, request: Request) -> Response:
        body = json_object(request)
        address, rate, kind = body.get("address"), body.get("rate"), body.get("dialType", "SIP")
        if not isinstance(address, str) or type(rate) is not int or kind not in ("SIP", "AUTO"):
            raise Wrong("expected address, rate and dialType SIP")
        try:
            call = await self._endpoint.dial(address, rate)
        except CallRefused as refusal:
            raise Wrong(str(refusal)) from None
        return Response(200, [{"href": f"/rest/conferences/{call}"}])

    def _told(self) -> list[dict[str, Any]]:
        return [
            {
                "id": call.id,
                "href": f"/rest/conferences/{call.id}",
                "isActive": call.connected,
                "terminals": [
                    {
                        "address": call.number,
                        "name": call.name,
                        "rate": call.rate_kbps,
                        "state": "CONNECTED" if call.connected else "CONNECTING",
                        "direction": "OUTGOING" if call.outgoing else "INCOMING",
                        "muted": self._endpoint.is_muted(call),
                    }
                ],
            }
            for call in self._endpoint.calls()
        ]

    def _find(self, number: str) -> dict[str, Any] | None:
        return next((one for one in self._told() if str(one["id"]) == number), None)

    async def conferences(self, request: Request) -> Response:
        return Response(200, self._told())

    async def conference(self, request: Request, number: str) -> Response:
        found = self._find(number)
        return failure(404, "NotFound") if found is None else Response(200, found)

    async def hang_up(self, request: Request, number: str) -> Response:
        found = self._find(number)
        if found is None:
            return failure(404, "NotFound")
        await self._endpoint.hang_up(found["id"])
        return Response(200, {"success": True})

    async def media_statistics(self, request: Request, number: str) -> Response:
        found = self._find(number)
        if found is None:
            return failure(404, "NotFound")
        return Response(
            200,
            [
                {
                    "mediaDirection": stream.direction,
                    "mediaType": stream.medium,
                    "actualBitRate": round(stream.rate_kbps),
                    "packetLoss": stream.packets_lost,
                    "percentPacketLoss": round(stream.percent_lost, 2),
                    "jitter": round(stream.jitter_ms, 1),
                }
                for stream in await self._endpoint.agent.statistics(found["id"])
            ],
        )
