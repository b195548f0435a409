"""The reference for people, written from the OpenAPI document: the same words, and nothing to keep in step.

A page for each operation, because all of them on one page are half a megabyte.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

Document = Mapping[str, Any]
Schema = Mapping[str, Any]


def contents(document: Document) -> str:
    """The body of the first page: what the interface is, and a line for each operation under its heading."""
    parts = [_paragraphs(document["info"]["description"])]
    for tag in document["tags"]:
        lines = [
            f'<li id="{escape(operation["operationId"])}"><a href="/docs/{escape(operation["operationId"])}">'
            f'{escape(operation["summary"])}</a> <span class="small"><span class="method">{method}</span> '
            f"<code>{escape(path)}</code></span></li>"
            for method, path, operation in _operations(document)
            if tag["name"] in operation.get("tags", ())
        ]
        parts.append(f"<h2>{escape(tag['name'])}</h2><p>{escape(tag['description'])}</p>")
        parts.append(f'<ul class="plain">{"".join(lines)}</ul>')
    return "\n".join(parts)


def entry(document: Document, operation_id: str) -> tuple[str, str] | None:
    """One operation: its summary, and the body of its page, with every schema that it names, or that those name."""
    for method, path, operation in _operations(document):
        if operation["operationId"] == operation_id:
            schemas = document["components"]["schemas"]
            named = _named_in(operation, schemas)
            parts = [_operation(method, path, operation)]
            parts += [_schema(name, schemas[name]) for name in sorted(named)]
            return operation["summary"], "\n".join(parts)
    return None


def _named_in(
    said: Any, schemas: Mapping[str, Schema], found: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The names of the schemas that stand behind a `$ref` in it, however deep."""
    if isinstance(said, Mapping):
        name = str(said.get("$ref", "")).rpartition("/")[2]
        if name in schemas and name not in found:
            found = _named_in(schemas[name], schemas, found | {name})
        said = list(said.values())
    if isinstance(said, list):
        for each in said:
            found = _named_in(each, schemas, found)
    return found


def _operations(document: Document) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    key = "" if operation.get("security") else "<p>No key is needed.</p>"
    asked = _parameters(operation.get("parameters", ())) + _body(operation.get("requestBody"))
    return f"""\
<p><span class="method">{method}</span> <code>{escape(path)}</code></p>
{_paragraphs(operation.get("description", ""))}{key}
{asked}{_responses(operation["responses"])}"""


def _parameters(parameters: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        (f"<code>{escape(each['name'])}</code>", escape(each["in"]), _inline(each.get("description", "")))
        for each in parameters
    ]
    return _table(("Parameter", "In", "What it is"), rows)


def _body(body: Mapping[str, Any] | None) -> str:
    if body is None:
        return ""
    (media_type, content), *_ = body["content"].items()
    return f"<p>Body: <code>{escape(media_type)}</code>, {_type(content['schema'])}.</p>"


def _responses(responses: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for status, response in responses.items():
        content = " ".join(
            f"<code>{escape(media_type)}</code>{_of(details.get('schema'))}"
            for media_type, details in response.get("content", {}).items()
        )
        rows.append((f"<code>{escape(status)}</code>", _inline(response["description"]), content))
    return _table(("Answer", "When", "Content"), rows)


def _of(schema: Schema | None) -> str:
    return f" {_type(schema)}" if schema and schema.get("type") != "string" else ""


def _schema(name: str, schema: Schema) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (
            f"<code>{escape(member)}</code>{'' if member in required else ' <span class=soft>optional</span>'}",
            _type(said),
            _inline(said.get("description", "")),
        )
        for member, said in schema.get("properties", {}).items()
    ]
    values = ""
    if "enum" in schema:
        values = (
            f"<p>One of {', '.join(f'<code>{escape(str(value))}</code>' for value in schema['enum'])}.</p>"
        )
    examples = schema.get("examples") or ([schema["example"]] if "example" in schema else [])
    shown = "".join(
        f'<pre tabindex="0"><code>{escape(json.dumps(each, ensure_ascii=False, indent=2))}</code></pre>'
        for each in examples
    )
    return f"""\
<section id="schema-{escape(name)}">
<h2>{escape(name)}</h2>
{_paragraphs(schema.get("description", ""))}{values}{_table(("Member", "Type", "What it is"), rows)}{shown}
</section>"""


def _type(schema: Schema) -> str:
    """A schema in a few words, with a link where it has a name."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#schema-{escape(name)}">{escape(name)}</a>'
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_type(choice) for choice in choices)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    return escape(schema.get("format") or str(schema.get("type", "anything")))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Rows of HTML under heads of text; nothing where there are no rows."""
    written = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    if not written:
        return ""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{written}</tbody></table></div>'


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_inline(each)}</p>" for each in text.strip().split("\n\n") if each)


def _inline(text: str) -> str:
    """Text whose `words between backquotes` are code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
