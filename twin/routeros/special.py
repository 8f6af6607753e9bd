"""Commands that do more than change their menu's table."""

from __future__ import annotations

import asyncio

from twin.routeros import backup, keys, operations
from twin.routeros.call import Call, Verb
from twin.routeros.errors import Refusal
from twin.routeros.evaluate import Value, as_text
from twin.routeros.files import path_of, read_file, write_file
from twin.routeros.rows import Row, choose, rows


async def _chosen(call: Call) -> list[Row]:
    return choose(await rows(call.router, call.menu), call.named.get("numbers"), call.menu)


# -------------------------------------------------------------------- files
async def _file_add(call: Call) -> Value:
    name = call.text("name")
    if not name:
        raise Refusal("missing value(s) of argument(s) name")
    path = path_of(call.router.files, name)
    if path.exists():
        raise Refusal("failure: file already exists")
    if call.text("type", "file") == "directory":
        path.mkdir(parents=True)
    else:
        write_file(call.router, name, as_text(call.named.get("contents", "")))
    return None


async def _file_set(call: Call) -> Value:
    for row in await _chosen(call):
        path = path_of(call.router.files, row.properties["name"])
        if "contents" in call.named:
            write_file(call.router, row.properties["name"], as_text(call.named["contents"]))
        if "name" in call.named:
            target = path_of(call.router.files, call.text("name"))
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
    return None


async def _file_remove(call: Call) -> Value:
    chosen = await _chosen(call)
    for row in sorted(chosen, key=lambda row: row.properties["name"], reverse=True):
        path = path_of(call.router.files, row.properties["name"])
        if path.is_dir():
            for below in sorted(path.rglob("*"), reverse=True):
                below.rmdir() if below.is_dir() else below.unlink()
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    return None


# -------------------------------------------------------------------- keys
async def _import_host_key(call: Call) -> Value:
    content = read_file(call.router, call.text("private-key-file"), "private-key-file")
    key = keys.read_host_key(content, call.text("passphrase"))
    call.router.host_keys[keys.host_key_pair(key)[2]] = key
    call.router.touch()
    return None


async def _regenerate_host_key(call: Call) -> Value:
    await call.runner.confirm("This will regenerate current SSH host keys (yes/no): ", ("yes", "y"))
    chosen = call.router.config.settings("/ip/ssh")
    # In a thread: a large RSA key takes a while, and the device goes on meanwhile.
    kind = chosen["host-key-type"]
    call.router.host_keys[kind] = await asyncio.to_thread(keys.new_host_key, kind, int(chosen["host-key-size"]))
    call.router.touch()
    return None


async def _export_host_key(call: Call) -> Value:
    prefix = call.text("key-file-prefix")
    if not prefix:
        raise Refusal("missing value(s) of argument(s) key-file-prefix")
    for key in call.router.host_keys.values():
        private, public, kind = keys.host_key_pair(key)
        write_file(call.router, f"{prefix}_{kind}.pem", private)
        write_file(call.router, f"{prefix}_{kind}_pub.pem", public)
    return None


async def _import_user_key(call: Call) -> Value:
    content = read_file(call.router, call.text("public-key-file"), "public-key-file").decode("utf-8", "replace")
    user = call.text("user", call.runner.user)
    operations.add(call.router.config, call.menu, {"user": user, "key": content.strip()}, call.runner.user)
    path_of(call.router.files, call.text("public-key-file")).unlink()  # the device keeps the key, not its file
    return None


# -------------------------------------------------------------------- the system
async def _reboot(call: Call) -> Value:
    await call.runner.confirm("Reboot, yes? [y/N]: ")
    call.runner.write("system will reboot shortly\n")
    call.router.journal.log("system,info,critical", f"router is rebooted by {call.runner.user}")
    call.router.reboot()
    call.runner.leave()
    return None


async def _reset_configuration(call: Call) -> Value:
    await call.runner.confirm("Dangerous! Reset anyway? [y/N]: ")
    router = call.router
    script = call.text("run-after-reset")
    if script:
        read_file(router, script, "run-after-reset")  # must exist now
    if call.text("skip-backup", "no") not in ("yes", "true"):
        write_file(router, "auto-before-reset.backup", backup.packed(router, ""))
    router.after_reset = script
    keep = call.text("keep-users", "no") in ("yes", "true")
    router.reset(call.text("no-defaults", "no") not in ("yes", "true"), keep)
    call.runner.write("system configuration will be reset\n")
    router.reboot()
    call.runner.leave()
    return None


async def _backup_save(call: Call) -> Value:
    router = call.router
    call.runner.write("Saving system configuration\n")
    name = call.text("name") or f"{router.hostname()}-backup"
    name = name if name.endswith(".backup") else f"{name}.backup"
    password = "" if call.text("dont-encrypt", "no") in ("yes", "true") else call.text("password")
    write_file(router, name, backup.packed(router, password))
    call.runner.write("Configuration backup saved\n")
    return None


async def _backup_load(call: Call) -> Value:
    name = call.text("name")
    content = read_file(call.router, name if name.endswith(".backup") else f"{name}.backup", "name")
    if "password" not in call.named:
        if not call.runner.interactive:
            raise Refusal("missing value(s) of argument(s) password")
        call.named["password"] = await call.runner.ask("password: ")
    stored = backup.unpacked(content, call.text("password"))
    await call.runner.confirm("Restore and reboot? [y/N]: ")
    call.router.load_dump(stored)
    call.runner.write("Restoring system configuration\n")
    call.router.journal.log("system,info", f"configuration restored from {name} by {call.runner.user}")
    call.runner.write("System configuration restored, rebooting now\n")
    call.router.reboot()
    call.runner.leave()
    return None


async def _script_run(call: Call) -> Value:
    chosen = choose(await rows(call.router, call.menu), call.named.get("number"), call.menu)
    for row in chosen:
        await call.runner.nested(row.properties.get("source", ""))
    return None


async def _clock_set(call: Call) -> Value:
    """The hour is the machine's: setting it is accepted, as by a router that NTP puts right at once."""
    call.named = {name: value for name, value in call.named.items() if name not in ("time", "date")}
    operations.change_settings(call.router.config, call.menu, call.given())
    return None


def _log(level: str) -> Verb:
    async def log(call: Call) -> Value:
        call.router.journal.log(f"script,{level}", call.text("message"))
        return None

    return log


async def _nothing(call: Call) -> Value:
    return None


async def _make_static(call: Call) -> Value:
    for row in await _chosen(call):
        if row.entry is not None:
            raise Refusal("failure: lease is already static")
        names = ("address", "mac-address", "server")
        given = {name: row.properties[name] for name in names if row.properties.get(name)}
        operations.add(call.router.config, call.menu, given, call.runner.user)
    return None


SPECIAL: dict[tuple[str, str], Verb] = {
    ("/file", "add"): _file_add,
    ("/file", "set"): _file_set,
    ("/file", "remove"): _file_remove,
    ("/ip/ssh", "import-host-key"): _import_host_key,
    ("/ip/ssh", "regenerate-host-key"): _regenerate_host_key,
    ("/ip/ssh", "export-host-key"): _export_host_key,
    ("/user/ssh-keys", "import"): _import_user_key,
    ("/system", "reboot"): _reboot,
    ("/system", "reset-configuration"): _reset_configuration,
    ("/system/backup", "save"): _backup_save,
    ("/system/backup", "load"): _backup_load,
    ("/system/script", "run"): _script_run,
    ("/system/clock", "set"): _clock_set,
    ("/ip/dhcp-server/lease", "make-static"): _make_static,
    **{("/log", level): _log(level) for level in ("debug", "info", "warning", "error")},
    **{
        (path, command): _nothing
        for path in (
            *(f"/ip/firewall/{name}" for name in ("filter", "nat", "mangle")),
            "/ipv6/firewall/filter",
            "/queue/tree",
        )
        for command in ("reset-counters", "reset-counters-all")
    },
}
