"""How the engine writes a job's arguments down."""

import json
from typing import Any

from dbos._serialization import Serializer


class JsonSerializer(Serializer):
    """The engine's default is pickle, which turns write access to a table into running code."""

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=repr)

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data)

    def name(self) -> str:
        return "json"
