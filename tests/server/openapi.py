"""Reads tools/serve/openapi.yaml and holds answers against it. Python's standard library has no YAML: this reads the part of it that the file is written in (block and flow
mappings and lists, plain and double-quoted scalars, literal blocks) and refuses the rest."""
import json
import re


class Flow:
    """{a: b, c: [d, "e"]} on one line."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def blank(self):
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1

    def value(self):
        self.blank()
        c = self.text[self.at]
        if c == "{":
            return self.mapping()
        if c == "[":
            return self.sequence()
        if c == '"':
            end = re.compile(r'"(?:[^"\\]|\\.)*"').match(self.text, self.at).end()
            text = json.loads(self.text[self.at:end])
            self.at = end
            return text
        end = re.compile(r"[,}\]]|: |$").search(self.text, self.at).start()
        text = self.text[self.at:end].strip()
        self.at = end
        return plain(text)

    def mapping(self):
        out = {}
        self.at += 1
        while True:
            self.blank()
            if self.text[self.at] == "}":
                self.at += 1
                return out
            key = self.value()
            self.blank()
            assert self.text[self.at] == ":", self.text
            self.at += 1
            out[key] = self.value()
            self.blank()
            if self.text[self.at] == ",":
                self.at += 1

    def sequence(self):
        out = []
        self.at += 1
        while True:
            self.blank()
            if self.text[self.at] == "]":
                self.at += 1
                return out
            out.append(self.value())
            self.blank()
            if self.text[self.at] == ",":
                self.at += 1


def plain(text):
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def indent(line):
    return len(line) - len(line.lstrip(" "))


class Blocks:
    def __init__(self, text):
        self.lines, self.at = text.split("\n"), 0

    def peek(self):
        while self.at < len(self.lines) and not self.lines[self.at].strip():
            self.at += 1
        return self.lines[self.at] if self.at < len(self.lines) else None

    def value(self, depth):
        line = self.peek()
        if line is None or indent(line) < depth:
            return None
        return self.sequence(indent(line)) if line.lstrip().startswith("- ") else self.mapping(indent(line))

    def literal(self, depth):
        out = []
        while self.at < len(self.lines) and (not self.lines[self.at].strip() or indent(self.lines[self.at]) > depth):
            out.append(self.lines[self.at].strip())
            self.at += 1
        return "\n".join(out)

    def rest(self, text, depth):
        if text == "|":
            return self.literal(depth)
        if text == "":
            return self.value(depth + 1)
        return Flow(text).value() if text[0] in '{["' else plain(text)

    def mapping(self, depth):
        out = {}
        while (line := self.peek()) is not None and indent(line) == depth and not line.lstrip().startswith("- "):
            key, text = re.fullmatch(r'\s*("[^"]*"|[^\s:][^:]*):(?: (.*))?', line).groups()
            self.at += 1
            assert key.strip('"') not in out, "twice: " + line
            out[key.strip('"')] = self.rest((text or "").strip(), depth)
        return out

    def sequence(self, depth):
        out = []
        while (line := self.peek()) is not None and indent(line) == depth and line.lstrip().startswith("- "):
            text = line.strip()[2:]
            if text[0] in '{["':
                out.append(Flow(text).value())
                self.at += 1
            elif re.match(r"[\w-]+: ", text):
                self.lines[self.at] = " " * (depth + 2) + text
                out.append(self.mapping(depth + 2))
            else:
                out.append(plain(text))
                self.at += 1
        return out


def parse(text):
    return Blocks(text).value(0)


class Wrong(AssertionError):
    pass


class Api:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.doc = parse(file.read())
        self.seen = set()

    def resolve(self, node):
        while "$ref" in node:
            at = self.doc
            for part in node["$ref"].split("/")[1:]:
                at = at[part]
            node = at
        return node

    def operation(self, method, path):
        path = path.split("?")[0]
        for template, methods in self.doc["paths"].items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in methods:
                return template, methods[method.lower()]
        return None, None

    def check(self, method, path, status, content_type, body):
        """Raises Wrong unless the file has this method, path and status, and the body is as it says: nothing missing, nothing more."""
        template, operation = self.operation(method, path)
        if not operation:
            if status in (404, 405):
                return self.check_schema(body, {"$ref": "#/components/schemas/Problem"}, f"{method} {path}")
            raise Wrong(f"openapi.yaml has no {method} {path}")
        responses = operation["responses"]
        response = responses.get(str(status), responses.get("default") if status >= 400 else None)
        if response is None:
            raise Wrong(f"openapi.yaml has no {status} for {method} {template}")
        self.seen.add((method, template))
        content = self.resolve(response).get("content")
        if content is None:
            if body not in (b"", None):
                raise Wrong(f"{method} {template} {status} has a body")
            return None
        kind = (content_type or "").split(";")[0]
        if kind not in content:
            raise Wrong(f"{method} {template} {status} is {kind}, not {list(content)}")
        if kind.endswith("json"):
            self.check_schema(body, content[kind]["schema"], f"{method} {template} {status}")
        return None

    def check_schema(self, value, schema, where):
        schema = self.resolve(schema)
        if value is None and schema.get("nullable"):
            return
        for part in schema.get("allOf", []):
            self.check_schema(value, part, where)
        if "enum" in schema and value not in schema["enum"]:
            raise Wrong(f"{where}: {value!r} is none of {schema['enum']}")
        kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
        kind = schema.get("type")
        if kind and (not isinstance(value, kinds[kind]) or (kind in ("integer", "number") and isinstance(value, bool))):
            raise Wrong(f"{where}: {value!r} is no {kind}")
        if kind == "array":
            for i, each in enumerate(value):
                self.check_schema(each, schema["items"], f"{where}[{i}]")
        if kind == "object" and "properties" in schema:
            for name in schema.get("required", []):
                if name not in value:
                    raise Wrong(f"{where}: {name} is missing")
            for name, each in value.items():
                if name not in schema["properties"]:
                    raise Wrong(f"{where}: openapi.yaml does not have {name}")
                self.check_schema(each, schema["properties"][name], f"{where}.{name}")
