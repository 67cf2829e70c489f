import base64
import hashlib
import hmac
import time

STEP_SECONDS = 30


class App:
    """An authenticator app that somebody typed this key into."""

    def __init__(self, typed):
        self.key = base64.b32decode(typed + "=" * (-len(typed) % 8))

    def code(self, steps=0):
        """The code of the step so many steps from now: each is taken once, and nobody waits for the next."""
        counter = int(time.time()) // STEP_SECONDS + steps
        tag = hmac.new(self.key, counter.to_bytes(8, "big"), hashlib.sha1).digest()
        offset = tag[-1] & 15
        number = int.from_bytes(tag[offset : offset + 4], "big") & 0x7FFFFFFF
        return f"{number % 1_000_000:06}"
