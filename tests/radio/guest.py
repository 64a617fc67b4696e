"""A tiny Linux guest with the kernel's own Bluetooth and the real bluetoothd, nothing else. No KVM, no root needed.

    D-Bus of the guest   → a TCP port of this computer's loopback
    HCI of the guest     → a second serial port, another TCP port: whoever listens there is its adapter

The kernel is Debian's package, downloaded and unpacked, never installed. Everything is kept in a cache folder.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import lzma
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

PROGRAMS = ("/usr/bin/dbus-daemon", "/usr/libexec/bluetooth/bluetoothd", "/usr/bin/btattach", "/usr/bin/socat")
TOOLS = ("qemu-system-x86_64", "busybox", "cpio", "depmod", "modprobe", "dpkg-deb", "apt-get")
PACKAGES = "qemu-system-x86 bluez dbus busybox-static socat kmod cpio"
_MODULES = (
    *("virtio_pci", "virtio_net", "af_alg", "algif_hash", "algif_skcipher", "ecb", "cmac", "ecdh_generic"),
    *("bluetooth", "hci_uart"),
)
_FOLDERS = (
    *("bin", "proc", "sys", "dev", "modules", "etc", "tmp", "usr/bin", "usr/libexec/bluetooth"),
    *("var/lib/bluetooth", "var/run", "run/dbus"),
)
_BOOT_S = 120
_XZ = b"\xfd7zXZ\x00"

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
<allow send_type="method_call"/><allow send_requested_reply="true"/></policy></busconfig>
"""
_INIT = """#!/bin/busybox sh
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t sysfs none /sys
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox --install -s /bin
while read -r module; do insmod "/modules/$module" || echo "no $module"; done < /modules.list
ifconfig lo 127.0.0.1 up
ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
echo 0123456789abcdef0123456789abcdef > /etc/machine-id
/usr/bin/dbus-daemon --config-file=/etc/bus.conf --fork --nopidfile
/usr/libexec/bluetooth/bluetoothd -n > /dev/ttyS0 2>&1 &
/usr/bin/socat TCP-LISTEN:5000,fork,reuseaddr,nodelay UNIX-CONNECT:/run/dbus/system_bus_socket &
stty -F /dev/ttyS1 raw -echo
until netstat -ltn | grep -q :5000; do sleep 0.1; done
echo GUEST READY
read -r go < /dev/ttyS0
/usr/bin/btattach -B /dev/ttyS1 -P h4 > /dev/ttyS0 2>&1 &
while :; do sleep 1000; done
"""


def missing() -> str | None:
    """What this computer lacks to run the guest; ``None`` when nothing."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None] + [p for p in PROGRAMS if not Path(p).exists()]
    return f"needs {', '.join(lacking)}; on Debian: apt install {PACKAGES}" if lacking else None


def _run(*command: str, **options: object) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **options).stdout  # type: ignore[call-overload,no-any-return]


def _kernel(cache: Path) -> tuple[Path, Path, str]:
    """Root of the unpacked package, the uncompressed kernel (it boots without a boot loader), and its version."""
    root = cache / "kernel"
    if not list(root.glob("boot/vmlinuz-*")):
        found = re.search(r"Depends: (linux-image-\S+)", _run("apt-cache", "depends", "linux-image-amd64"))
        if found is None:
            raise RuntimeError("apt knows no linux-image-amd64")
        with tempfile.TemporaryDirectory() as folder:
            _run("apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", found[1], cwd=folder)
            root.mkdir(parents=True, exist_ok=True)
            _run("dpkg-deb", "-x", str(next(Path(folder).glob("*.deb"))), str(root))
    packed = next(root.glob("boot/vmlinuz-*"))
    version = packed.name.removeprefix("vmlinuz-")
    if not (root / "lib/modules" / version / "modules.dep").exists():
        _run("depmod", "-b", str(root), version)
    plain = root / "vmlinux"
    if not plain.exists():
        data = packed.read_bytes()
        plain.write_bytes(lzma.LZMADecompressor().decompress(data[data.index(_XZ) :]))
    return root, plain, version


def _initramfs(cache: Path, root: Path, version: str) -> Path:
    made = cache / f"guest-{version}.cpio"
    if made.exists():
        return made
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        tree = Path(folder)
        for name in _FOLDERS:
            (tree / name).mkdir(parents=True, exist_ok=True)
        shutil.copy(str(shutil.which("busybox")), tree / "bin/busybox")
        for program in PROGRAMS:
            libraries = re.findall(r"(/\S+)", _run("ldd", program))
            for file in (program, *(name for name in libraries if Path(name).exists())):
                target = tree / file.lstrip("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
        order: list[str] = []
        for module in _MODULES:
            shown = _run("modprobe", "-d", str(root), "-S", version, "--show-depends", module)
            order += [path for path in re.findall(r"^insmod (\S+)", shown, re.MULTILINE) if path not in order]
        for path in order:
            shutil.copy(path, tree / "modules")
        (tree / "modules.list").write_text("".join(f"{Path(path).name}\n" for path in order))
        (tree / "etc/bus.conf").write_text(_BUS)
        (tree / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\nmessagebus:x:100:100::/:/bin/false\n")
        (tree / "etc/group").write_text("root:x:0:\nmessagebus:x:100:\n")
        (tree / "init").write_text(_INIT)
        (tree / "init").chmod(0o755)
        names = "\n".join(str(path.relative_to(tree)) for path in sorted(tree.rglob("*")))
        part = made.with_suffix(".part")
        with part.open("wb") as file:
            subprocess.run(
                ["cpio", "-o", "-H", "newc", "--quiet"], input=names.encode(), stdout=file, cwd=tree, check=True
            )
        part.rename(made)
    return made


def _prepared(cache: Path) -> tuple[Path, Path]:
    """The kernel and what it boots into; made once, by whoever comes first."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        root, kernel, version = _kernel(cache)
        return kernel, _initramfs(cache, root, version)


def free_port() -> int:
    """A port of the loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def die_with_parent() -> None:
    """In a child: end when the parent ends, however it ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Guest:
    """The guest, running."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self.dbus_port, self.hci_port = free_port(), free_port()

    async def start(self) -> None:
        """Boot it to a running bluetoothd: about five seconds."""
        kernel, image = _prepared(self._cache)
        self._process = await asyncio.create_subprocess_exec(
            *(
                "qemu-system-x86_64",
                "-M",
                "q35",
                "-m",
                "256M",
                "-smp",
                "1",
                "-nographic",
                "-no-reboot",
                "-nodefaults",
            ),
            *("-accel", "tcg", "-cpu", "max", "-bios", "qboot.rom", "-kernel", str(kernel), "-initrd", str(image)),
            "-append",
            "console=ttyS0 panic=-1 quiet loglevel=1 mitigations=off random.trust_cpu=on tsc=unstable",
            *("-serial", "stdio", "-serial", "chardev:hci", "-chardev"),
            f"socket,id=hci,host=127.0.0.1,port={self.hci_port},server=on,wait=off,nodelay=on",
            *("-netdev", f"user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:{self.dbus_port}-:5000"),
            *("-device", "virtio-net-pci,netdev=n,romfile="),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )
        seen: list[str] = []
        async with asyncio.timeout(_BOOT_S):
            while "GUEST READY" not in (line := await self._line()):
                if not line:
                    raise RuntimeError("the guest did not boot:\n" + "\n".join(seen[-20:]))
                seen.append(line)
        self._drain = asyncio.create_task(self._read_on())

    def attach(self) -> None:
        """Let the guest take its adapter; somebody has to listen on the HCI port by now."""
        if self._process.stdin:
            self._process.stdin.write(b"go\n")

    async def stop(self) -> None:
        """Switch it off."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        self._drain.cancel()

    async def _line(self) -> str:
        raw = await self._process.stdout.readline() if self._process.stdout else b""
        return raw.decode(errors="replace")

    async def _read_on(self) -> None:
        while await self._line():
            pass
