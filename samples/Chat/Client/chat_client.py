"""A client of the chat in Python. It needs nothing of .NET: messages are bytes over multiprocessing.connection, with JSON in UTF-8 inside.

    python3 chat_client.py NAME

Lines of the standard input are posted; an empty line leaves the chat. The variable CHAT_FOLDER names the folder of the server's invitation.
"""

import base64
import json
import os
import sys
import threading
from multiprocessing.connection import Client


def read_invitation():
    """The server writes its address and the key to a file that only its user can read. A key in the command line could be read by every user."""
    folder = os.environ.get("CHAT_FOLDER")
    if not folder:
        sys.exit("Set CHAT_FOLDER to the folder that the server has printed.")
    with open(os.path.join(folder, "invitation.json"), encoding="utf-8") as file:
        invitation = json.load(file)
    return invitation["gateway"], base64.b64decode(invitation["key"])


def show(connection, left):
    """Prints the messages of the others and of this client, in the order of the server."""
    try:
        while True:
            message = json.loads(connection.recv_bytes(maxlength=64 * 1024))
            print(f"{message['name']} {message['text']}" if message["name"] == "*" else f"{message['name']}: {message['text']}", flush=True)
    except (EOFError, OSError):
        if not left.is_set():
            print("The server has ended.", file=sys.stderr, flush=True)
            os._exit(1)


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "Monty"
    address, key = read_invitation()
    left = threading.Event()
    with Client(address, authkey=key) as connection:  # both sides prove that they have the key
        connection.send_bytes(json.dumps({"name": name}).encode())
        threading.Thread(target=show, args=(connection, left), daemon=True).start()
        for line in sys.stdin:
            text = line.strip()
            if not text:
                break
            connection.send_bytes(json.dumps({"text": text}).encode())
        left.set()


if __name__ == "__main__":
    main()
