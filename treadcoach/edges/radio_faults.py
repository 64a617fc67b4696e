"""What can be wrong with a computer's Bluetooth, and what to do about it: one sentence a fault."""

from __future__ import annotations

ONE_AT_A_TIME = (
    "a treadmill talks to one program at a time (close the maker's app, also on phones nearby), and many advertise "
    "only for a minute or two after they are switched on: switch it off and on"
)

WITHOUT = "or try every program without a treadmill: `treadcoach run PROFILE --simulate`"

# By the name of bleak's reason.
REASONS = {
    "NO_BLUETOOTH": f"this computer has no Bluetooth adapter; plug one in, {WITHOUT}",
    "NO_BLE_CENTRAL_ROLE": "this computer's Bluetooth adapter cannot do Low Energy",
    "POWERED_OFF": "Bluetooth is switched off; switch it on (on Linux: "
    "`bluetoothctl power on`, and `rfkill unblock bluetooth` if that is refused)",
    "DENIED_BY_USER": "Bluetooth was denied to this program; on macOS allow it for "
    "your terminal under Privacy & Security, Bluetooth; on Windows under Settings, Privacy, Radios",
    "DENIED_BY_SYSTEM": "this computer's policy denies Bluetooth to this program; ask whoever administers it",
    "DENIED_BY_UNKNOWN": "Bluetooth was denied to this program; check the system's privacy settings",
    "UNKNOWN": "this computer's Bluetooth is not available, and it does not say why",
}
# By the name of the D-Bus error.
DBUS = {
    "org.freedesktop.DBus.Error.ServiceUnknown": "BlueZ is not running; `sudo systemctl start bluetooth`, or install "
    "the package `bluez`",
    "org.freedesktop.DBus.Error.NameHasNoOwner": "BlueZ is not running; `sudo systemctl start bluetooth`",
    "org.freedesktop.DBus.Error.AccessDenied": "BlueZ refuses to talk to this user; add it to the group `bluetooth`",
    "org.bluez.Error.NotReady": "the Bluetooth adapter is not ready; switch it off and on",
    "org.bluez.Error.InProgress": "another program is busy with the adapter; try again in a moment",
}
