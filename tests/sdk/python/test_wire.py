import uuid

from demo import API_KEY, API_SECRET, Journey


class Wire(Journey):
    def test_credentials_that_leak_onto_a_call_that_needs_none_do_no_harm(self):
        person, _ = self.created_by_back_end()
        body = {"email": person.email, "password": person.password}

        for leaking in (API_SECRET, str(uuid.uuid4())):
            with self.subTest(right=leaking == API_SECRET):
                # Named like this the client takes the secret for a parameter and the SOTT for a header.
                query = {"apiKey": API_KEY, "apisecret": leaking, "sott": "left from a registration"}
                session = self.sdk.execute("POST", "identity/v2/auth/login", query, body)
                self.assertEqual(self.accepted(session)["Profile"]["UserName"], person.user_name)

    def test_the_optional_settings_of_the_client_do_no_harm(self):
        person, _ = self.created_by_back_end()
        self.sdk.ORIGIN_IP = "203.0.113.7"
        self.sdk.SERVER_REGION = "eu"

        session = self.accepted(self.login_by_email(person))
        self.assertEqual(session["Profile"]["UserName"], person.user_name)
