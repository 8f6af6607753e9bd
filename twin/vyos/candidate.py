"""One session's candidate configuration, and the commands that change and show it, in the device's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from twin.vyos import curly
from twin.vyos.schema import Node, locate, value_problem
from twin.vyos.tree import Path, Tree, commands, copy, difference, get, has, put, quoted, remove


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit status (0 = good)."""

    text: str = ""
    status: int = 0


def indented(*lines: str) -> str:
    """How configuration mode frames what a command has to say."""
    return "\n" + "".join(f"  {line}\n" if line else "\n" for line in lines) + "\n"


@dataclass
class Candidate:
    """Changes are kept against the running configuration they were made on, and carried over when it moves."""

    schema: Node
    base: Tree
    tree: Tree = field(init=False)
    level: Path = ()  # of `edit`

    def __post_init__(self) -> None:
        self.tree = copy(self.base)

    @property
    def changed(self) -> bool:
        return self.tree != self.base

    def follow(self, running: Tree) -> None:
        """Another session has committed: put our changes on top of what is running now."""
        if running == self.base:
            return
        changes = list(difference(self.base, self.tree))
        moved = copy(running)
        for sign, path in changes:
            if sign == "-" and has(moved, *path):
                remove(moved, path, self.schema)
        for sign, path in changes:
            if sign == "+":
                put(moved, path, self.schema)
        self.base, self.tree = copy(running), moved

    def reset(self, running: Tree) -> None:
        """Forget all changes."""
        self.base, self.tree = copy(running), copy(running)

    def _invalid(self, path: Path, index: int, verb: str) -> Answer:
        valid = " ".join(path[len(self.level) : index])
        where = f"{valid} [{path[index]}]" if valid else f"[{path[index]}]"
        return Answer(indented(f"Configuration path: {where} is not valid", f"{verb} failed"), 1)

    def set(self, words: Sequence[str]) -> Answer:
        path = (*self.level, *words)
        if not words:
            return Answer(indented("Must specify config path", "Set failed"), 1)
        place, wrong = locate(self.schema, path)
        if place is None:
            return self._invalid(path, wrong, "Set")
        if problem := value_problem(self.schema, path):
            own = problem.startswith("Error")
            lines = [problem, "", "", "Invalid value"] if own else [problem]
            return Answer(indented(*lines, "Value validation failed", "Set failed"), 1)
        if place.node.valued and not place.at_value:
            return Answer(indented(f"Configuration path: [{' '.join(path)}] requires a value", "Set failed"), 1)
        if has(self.tree, *path):
            return Answer(indented(f"Configuration path: [{' '.join(path)}] already exists"))
        put(self.tree, path, self.schema)
        return Answer()

    def delete(self, words: Sequence[str]) -> Answer:
        path = (*self.level, *words)
        if not path:
            return Answer(indented("Must specify config path", "Delete failed"), 1)
        place, wrong = locate(self.schema, path)
        if place is None:
            return self._invalid(path, wrong, "Delete")
        if not has(self.tree, *path):
            what = "value" if place.is_leaf_value else "node"
            return Answer(indented(f"Nothing to delete (the specified {what} does not exist)"))
        remove(self.tree, path, self.schema)
        return Answer()

    def show(self, words: Sequence[str]) -> Answer:
        path = (*self.level, *words)
        place, wrong = locate(self.schema, path)
        if place is None:
            return self._invalid(path, wrong, "Show")
        now, before = get(self.tree, *path), get(self.base, *path)
        if not now and not before:
            exists = now is not None or before is not None
            return Answer("" if exists else indented("Configuration under specified path is empty"))
        if place.node.valued and not place.at_value:  # a tag node or leaf: shown with its own name
            holder = Node("node", children={path[-1]: place.node})
            return Answer(curly.render({path[-1]: now or {}}, holder, old={path[-1]: before or {}}))
        return Answer(curly.render(now or {}, place.node, old=before or {}))

    def show_commands(self, words: Sequence[str]) -> Answer:
        """`show … | commands`: relative to the path, as the pipe prints them."""
        path = (*self.level, *words)
        place, wrong = locate(self.schema, path)
        if place is None:
            return self._invalid(path, wrong, "Show")
        node = Node("node", children={path[-1]: place.node}) if place.node.valued and not place.at_value else place.node
        found = get(self.tree, *path) or {}
        return Answer(commands({path[-1]: found} if node is not place.node else found, node))

    def compare(self, other: Tree, name: str, *, as_commands: bool = False) -> Answer:
        """The candidate against ``other`` (the "active" or "saved" one)."""
        changes = list(difference(other, self.tree))
        if not changes:
            return Answer(f"No changes between working and {name} configurations.\n\n")
        if as_commands:
            verbs = {"-": "delete", "+": "set"}
            return Answer("".join(f"{verbs[sign]} {quoted(path, self.schema)}\n" for sign, path in changes) + "\n")
        blocks: dict[Path, list[str]] = {}
        for sign, path in changes:
            parent = _parent(self.schema, path)
            tail = quoted(path, self.schema).split(" ", len(parent))[-1] if parent else quoted(path, self.schema)
            blocks.setdefault(parent, []).append(f"{sign} {tail}")
        text = ""
        for parent, lines in sorted(blocks.items()):
            text += f"[{' '.join(parent)}]\n" + "".join(f"{line}\n" for line in lines)
        return Answer(text + "\n")

    def edit(self, words: Sequence[str]) -> Answer:
        path = (*self.level, *words)
        place, wrong = locate(self.schema, path)
        if place is None:
            return self._invalid(path, wrong, "Edit")
        if place.is_leaf_value or (place.node.valued and not place.at_value) or place.node.kind == "leaf":
            return Answer(indented('The "edit" command cannot be issued at the specified level'), 1)
        if not has(self.tree, *path):
            answer = self.set(words)
            if answer.status:
                return answer
        self.level = path
        return Answer()

    def up(self) -> Answer:
        if not self.level:
            return Answer(indented("Already at the top level"), 1)
        place, _ = locate(self.schema, self.level)
        self.level = self.level[: -2 if place is not None and place.at_value else -1]
        return Answer()


def _parent(schema: Node, path: Path) -> Path:
    """The block in which a change is shown: the words before the leaf or tag it is about."""
    for length in range(len(path) - 1, 0, -1):
        place, _ = locate(schema, path[:length])
        if place is not None and (place.at_value or not place.node.valued):
            return path[:length]
    return ()
