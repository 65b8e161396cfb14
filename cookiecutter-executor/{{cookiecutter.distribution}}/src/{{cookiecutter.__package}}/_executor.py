{% set name = cookiecutter.__class %}
{% set typed = cookiecutter.outputs == 'typed' %}
{% set secret = cookiecutter.secrets == 'yes' %}
{% set def = 'async def' if cookiecutter.execute == 'async' else 'def' %}
"""The executor: what goes in, what comes out, and the work between."""

from __future__ import annotations

{% if secret %}
import hmac
{% if not typed %}
import json
{% endif %}

{% endif %}
{% if typed %}
from aether_sdk import ExecuteRequest, Executor, TaskFailed, bind_inputs
from pydantic import BaseModel, Field{{ ', SecretStr' if secret }}


class {{ name }}Inputs(BaseModel):
    """What a document gives."""

    text: str = Field(description="The text to work on.")
    {% if secret %}
    key: SecretStr = Field(description="The key to sign with.")
    {% endif %}


class {{ name }}Outputs(BaseModel):
    """What a document gets."""

    {% if secret %}
    signature: str = Field(description="The HMAC-SHA256 of the text, in hexadecimal.")
    {% else %}
    result: str = Field(description="The text in upper case.")
    {% endif %}
{% elif secret %}
from aether_sdk import DynamicOutputs, ExecOutputs, ExecuteRequest, Executor, TaskError
{% else %}
from aether_sdk import DynamicOutputs, ExecOutputs, ExecuteRequest, Executor
{% endif %}


class {{ name }}Executor(Executor):
    """{{ cookiecutter.__summary }}."""

    type = "{{ cookiecutter.type }}"
    version = "1.0"
    description = "{{ cookiecutter.__summary }}"
    Inputs = {{ name + 'Inputs' if typed else 'DynamicOutputs' }}
    Outputs = {{ name + 'Outputs' if typed else 'DynamicOutputs' }}

    {% if typed %}
    {{ def }} execute(self, request: ExecuteRequest) -> {{ name }}Outputs:
        """Run one attempt.

        Raises:
            BindError: the inputs do not fit.
            TaskFailed: the text is empty.
        """
        inputs = bind_inputs(request.inputs, {{ name }}Inputs)
        if not inputs.text:
            raise TaskFailed("the text is empty")
        {% if secret %}
        key = inputs.key.get_secret_value().encode()
        signature = hmac.digest(key, inputs.text.encode(), "sha256").hex()
        return {{ name }}Outputs(signature=signature)
        {% else %}
        return {{ name }}Outputs(result=inputs.text.upper())
        {% endif %}
    {% else %}
    {{ def }} execute(self, request: ExecuteRequest) -> ExecOutputs:
        """Run one attempt: every input comes back{{ ', except the key, with a signature' if secret }}."""
        values = request.inputs.as_dict() if request.inputs else {}
        {% if secret %}
        key = values.pop("key", None)
        if not isinstance(key, str):
            raise TaskError("input key: expected a text")
        signature = hmac.digest(key.encode(), json.dumps(values).encode(), "sha256").hex()
        return ExecOutputs.of({**values, "signature": signature})
        {% else %}
        return ExecOutputs.of(values)
        {% endif %}
    {% endif %}
