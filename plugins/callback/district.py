"""Output that a person can follow: a line for each site, mistakes in plain words, a table at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible import constants as C
from ansible import context
from ansible.plugins.callback.default import CallbackModule as Default

from diemcau.ansible import core, prefork
from diemcau.ansible.action import problems
from diemcau.ansible.varfiles import unreadable
from diemcau.readiness import meetings
from diemcau.reports.tables import district_table, readiness_table, restore_table, resume_command

DOCUMENTATION = """
    name: district
    type: stdout
    short_description: a line for each site, and a table of the district at the end
    description:
      - Ansible's default output, less what a person need not read. Tasks that only prepare are silent,
        each router's work is one line, an error is shown as text and again, alone, at the very end.
      - At the end of C(site.yml) a table of all sites (in Vietnamese, for the district's staff), and the command
        that picks up the sites that were left.
    extends_documentation_fragment:
      - default_callback
      - result_format_callback
    requirements:
      - set as stdout in configuration
"""

PREPARING = ("set_fact", "group_by")  # Ansible's actions that only note something
OWN_WORDS = ("assert", "fail")  # Ansible's actions whose message is a playbook's own words for a person


class CallbackModule(Default):  # type: ignore[misc]
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "district"

    def __init__(self) -> None:
        super().__init__()
        self._errors: dict[str, str] = {}  # message -> host: the same message of many hosts is told once
        self._states: dict[str, dict[str, Any]] = {}  # site -> what its router says
        self._rooms: dict[str, dict[str, Any]] = {}  # site -> what its endpoint says
        self._readiness: dict[str, Any] = {}  # what district_readiness found
        self._restored: dict[str, list[list[str]]] = {}  # host -> what happened to it
        self._meeting: dict[str, Any] = {}  # how a rehearsed meeting went
        self._playbook = ""

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self._playbook = core.playbook_file(playbook)
        super().v2_playbook_on_start(playbook)
        if problems := unreadable(playbook.get_loader(), context.CLIARGS.get("inventory") or ()):
            for problem in problems:
                self._display.display(f"\n{problem}", color=C.COLOR_ERROR)
            raise SystemExit(4)  # what Ansible ends with when it cannot read a file; it would not name the file
        prefork.warm(core.vault(playbook.get_loader()))

    def v2_playbook_on_play_start(self, play: Any) -> None:
        super().v2_playbook_on_play_start(play)
        variables = play.get_variable_manager()
        if (hostvars := core.hostvars(variables)) is not None:
            prefork.keep(hostvars, core.vault(core.loader(variables)))

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        # The banner is printed with the first line below it: tasks that have nothing to tell stay silent.
        self._task_type_cache[task._uuid] = "TASK"
        self._last_task_name = task.get_name().strip()

    def v2_runner_on_ok(self, result: Any) -> None:
        values = result.result
        self._note(values)
        if values.get("quiet") or result.task.action.rpartition(".")[2] in PREPARING:
            return
        if any("line" in item or "quiet" in item for item in values.get("results", ())):
            return  # a loop: each item had its line
        if "line" not in values:
            super().v2_runner_on_ok(result)
            return
        self._tell_line(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._note(result.result)
        if "line" in result.result:
            self._tell_line(result)
        elif not result.result.get("quiet"):
            super().v2_runner_item_on_ok(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """Silent: what need not be done is nothing to tell."""

    def _tell_line(self, result: Any) -> None:
        values = result.result
        if self._last_task_banner != result.task._uuid:
            self._print_task_banner(result.task)
        color = C.COLOR_CHANGED if values.get("changed") else C.COLOR_OK
        # A task may work on another device than its own.
        name = values.get("router") or result.host.get_name()
        self._display.display(f"{name:<18} {values['line']}", color=color)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        if result.result.get("plain"):
            self._tell_error(result)
        else:
            super().v2_runner_item_on_failed(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._note(result.result)
        if any(item.get("plain") for item in result.result.get("results", ())):
            return  # a loop: each item's error was told
        if "timedout" in result.result:
            self._tell_silence(result)
        elif result.result.get("plain") or result.task.action.rpartition(".")[2] in OWN_WORDS:
            self._tell_error(result)
        else:
            super().v2_runner_on_failed(result, ignore_errors)

    def _tell_silence(self, result: Any) -> None:
        if self._last_task_banner != result.task._uuid:
            self._print_task_banner(result.task)
        words = f"no answer within {result.task.timeout} s"
        self._display.display(f"{result.host.get_name():<18} {words}", color=C.COLOR_ERROR)

    def _tell_error(self, result: Any) -> None:
        message = str(result.result.get("msg", ""))
        if message in self._errors:
            return  # what went wrong with a site earlier in the run was told then
        if self._last_task_banner != result.task._uuid:
            self._print_task_banner(result.task)
        host = result.host.get_name()
        first = problems(result.result, host)[0].headline(below=host)
        self._display.display(f"{host:<18} {first}", color=C.COLOR_ERROR)
        self._errors[message] = host

    def _note(self, values: Any) -> None:
        if "site_state" in values:
            self._states[values["site_state"]["site"]] = values["site_state"]
        if "room_state" in values:
            self._rooms[values["room_state"]["site"]] = values["room_state"]
        if isinstance(values.get("meeting"), dict):
            self._meeting = values["meeting"]
        if values.get("readiness"):
            self._readiness = values
        for row in values.get("restoration", ()):
            self._restored[row[1]] = values["restoration"]

    def _summary(self) -> Iterator[str]:
        """The tables of what this run was about."""
        if self._readiness:
            yield from readiness_table(self._readiness["readiness"], self._readiness["page"])
        elif self._states or self._rooms:
            yield from district_table(self._states, self._rooms)
        if self._restored:
            yield from restore_table(self._restored)
        if self._meeting:
            yield from meetings.shown(self._meeting)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        super().v2_playbook_on_stats(stats)
        for line in self._summary():
            self._display.display(line)
        left = sorted(h for h in stats.processed if stats.failures.get(h) or stats.dark.get(h))
        if left and (self._states or self._rooms) and not self._readiness:
            self._display.display(resume_command(self._playbook, left), color=C.COLOR_ERROR)
        for message in self._errors:
            self._display.display(f"\n{message}", color=C.COLOR_ERROR)
