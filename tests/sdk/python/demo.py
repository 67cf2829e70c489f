"""The running demo as a journey sees it: the client, the mailbox, and people nobody else knows."""

import json
import os
import re
import secrets
import time
import unittest
import urllib.parse
import urllib.request

from LoginRadius import LoginRadius

URL = os.environ["DOORWARD_URL"]
API_KEY = os.environ["DOORWARD_API_KEY"]
API_SECRET = os.environ["DOORWARD_API_SECRET"]

TOP_LEVEL_PROFILE_FIELDS = 149
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PATIENCE_SECONDS = 10

# Read by the constructor from the class.
LoginRadius.API_KEY = API_KEY
LoginRadius.API_SECRET = API_SECRET
LoginRadius.CUSTOM_DOMAIN = URL + "/"
LoginRadius.LIBRARY = os.environ.get("DOORWARD_SDK_HTTP")


def client():
    """The client on the demo."""
    sdk = LoginRadius()
    # The constructor writes the vendor's own host here, whatever CUSTOM_DOMAIN says.
    sdk.CONFIG_API_URL = URL + "/"
    return sdk


def client_with(api_key=API_KEY, api_secret=API_SECRET):
    """A client with other credentials than the demo's."""
    sdk = client()
    sdk.API_KEY = api_key
    sdk.API_SECRET = api_secret
    return sdk


class Person:
    """Somebody with a random phone number, address, user name and password."""

    def __init__(self):
        tag = secrets.token_hex(8)
        # Indian mobile numbers that begin with 98 are valid whatever follows.
        self.phone = f"+9198{secrets.randbelow(100_000_000):08}"
        self.email = f"ann+{tag}@example.com"
        self.user_name = f"ann{tag}"
        self.password = new_password()


def new_password():
    return f"Quiet-harbour-{secrets.token_hex(6)}"


def wrong_code(code):
    """Another six digits than `code`."""
    return f"{(int(code) + 1) % 1_000_000:06}"


class Mailbox:
    """The messages to one phone number or address."""

    def __init__(self, address):
        self._address = address
        self._seen = set()

    def next_code(self):
        """The newest code not given out yet."""
        return self._next("code")

    def next_link(self):
        """The newest link not given out yet."""
        return self._next("link")

    def next_token(self):
        """The token in the newest link not given out yet."""
        query = urllib.parse.urlsplit(self.next_link()).query
        return urllib.parse.parse_qs(query)["verificationtoken"][0]

    def _next(self, part):
        """Messages are delivered behind the answer, so it asks again."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            fresh = [message for message in self.messages() if message["id"] not in self._seen]
            for message in fresh:
                if message[part]:
                    self._seen.update(each["id"] for each in fresh)
                    return message[part]
        raise AssertionError(f"no {part} for {self._address}; the mailbox has {self.messages()}")

    def messages(self):
        query = urllib.parse.urlencode({"to": self._address})
        with urllib.request.urlopen(f"{URL}/dev/outbox?{query}") as answer:
            return json.load(answer)


class Journey(unittest.TestCase):
    """A test with a client, and the two verdicts on its answers: it never raises, only `ErrorCode` tells a refusal."""

    def setUp(self):
        self.sdk = client()

    def accepted(self, answer):
        self.assertNotIn("ErrorCode", answer)
        return answer

    def refused(self, answer, code):
        self.assertEqual(answer.get("ErrorCode"), code, answer)
        self.assertIsInstance(answer["Message"], str)
        self.assertIsInstance(answer["Description"], str)
        return answer

    def signed_in_profile(self, session):
        """The profile that the access token of `session` reads."""
        return self.accepted(self.sdk.authentication.get_profile_by_access_token(session["access_token"]))

    def registered_by_phone(self):
        """Registers by a SOTT of the server and verifies the phone number: the person, the mailbox, the session."""
        person = Person()
        mailbox = Mailbox(person.phone)
        sott = self.accepted(self.sdk.sott.generate_sott(10))["Sott"]
        registration = {
            "PhoneId": person.phone,
            "UserName": person.user_name,
            "Password": person.password,
            "Email": [{"Type": "Primary", "Value": person.email}],
        }
        phones = self.sdk.phone_authentication
        self.accepted(phones.user_registration_by_phone(registration, sott))
        session = self.accepted(phones.phone_verification_by_otp(mailbox.next_code(), person.phone))
        return person, mailbox, session

    def created_by_back_end(self, **unverified):
        """Creates an account with everything verified that `unverified` does not take back: the person, the profile."""
        person = Person()
        account = {
            "FirstName": "Ann",
            "LastName": "Marlow",
            "PhoneId": person.phone,
            "PhoneIdVerified": True,
            "UserName": person.user_name,
            "Password": person.password,
            "Email": [{"Type": "Primary", "Value": person.email}],
            "EmailVerified": True,
        }
        return person, self.accepted(self.sdk.account.create_account(account | unverified))

    def login_by_email(self, person, password=None):
        return self.sdk.authentication.login_by_email(
            {"email": person.email, "password": password or person.password}
        )

    def login_by_phone(self, person, password=None):
        return self.sdk.phone_authentication.login_by_phone(
            {"phone": person.phone, "password": password or person.password}
        )

    def login_by_user_name(self, person, password=None):
        return self.sdk.authentication.login_by_user_name(
            {"username": person.user_name, "password": password or person.password}
        )
