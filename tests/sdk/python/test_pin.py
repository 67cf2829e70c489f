import os
import urllib.parse

from demo import TOP_LEVEL_PROFILE_FIELDS, Journey, Mailbox, client_with, new_password, wrong_code

PIN = "2580"
OTHER_PIN = "9371"
WRONG_IN_A_ROW = 5


class Pins(Journey):
    def setUp(self):
        super().setUp()
        self.pins = self.sdk.pin_authentication

    def sign_in(self, person):
        return self.accepted(self.login_by_phone(person))

    def sign_in_by_pin(self, session, pin):
        return self.pins.pin_login({"pin": pin}, session["session_token"])

    def holder(self):
        """Somebody with everything verified and a PIN, and the session in which it was set."""
        person, _ = self.created_by_back_end()
        session = self.sign_in(person)
        update = self.sdk.authentication.update_profile_by_access_token
        changed = self.accepted(update(session["access_token"], {"PINInfo": {"PIN": PIN}}))
        self.assertEqual(changed["Data"]["PIN"]["PIN"], "********")
        return person, session

    def test_a_pin_set_after_signing_in_signs_in_again_and_the_session_token_lives_on(self):
        _, session = self.holder()
        for _ in range(2):
            login = self.accepted(self.sign_in_by_pin(session, PIN))
            self.assertEqual(len(login["Profile"]), TOP_LEVEL_PROFILE_FIELDS)
            self.assertEqual(login["Profile"]["Uid"], session["Profile"]["Uid"])
            self.assertNotIn("session_token", login)
            self.signed_in_profile(login)

    def test_wrong_pins_end_the_session_token_and_the_password_opens_the_way_again(self):
        person, session = self.holder()
        for _ in range(WRONG_IN_A_ROW):
            self.refused(self.sign_in_by_pin(session, OTHER_PIN), 1236)
        self.refused(self.sign_in_by_pin(session, PIN), 1245)
        self.accepted(self.sign_in_by_pin(self.sign_in(person), PIN))

    def test_a_session_token_that_was_given_up_signs_nobody_in(self):
        _, session = self.holder()
        self.accepted(self.pins.in_validate_pin_session_token(session["session_token"]))
        self.refused(self.sign_in_by_pin(session, PIN), 1245)

    def test_a_pin_is_changed_by_whoever_knows_it_and_not_to_a_weak_one(self):
        person, session = self.holder()

        def change(old, new):
            return self.pins.change_pin_by_access_token(session["access_token"], {"oldPIN": old, "newPIN": new})

        refusal = self.refused(change(PIN, "1234"), 1134)
        self.assertEqual(refusal["Errors"][0]["FieldName"], "pin")
        self.refused(change(OTHER_PIN, "8462"), 1241)
        self.accepted(change(PIN, OTHER_PIN))
        again = self.sign_in(person)
        self.refused(self.sign_in_by_pin(again, PIN), 1236)
        self.accepted(self.sign_in_by_pin(again, OTHER_PIN))

    def test_a_forgotten_pin_is_reset_by_phone(self):
        person, session = self.holder()
        sent = self.accepted(self.pins.send_forgot_pin_sms_by_phone({"phone": person.phone}))
        self.assertIs(sent["IsPosted"], True)
        self.assertIsInstance(sent["Data"]["Sid"], str)
        otp = Mailbox(person.phone).next_code()

        def reset(code):
            return self.pins.reset_pin_by_phone_and_otp({"phone": person.phone, "otp": code, "pin": OTHER_PIN})

        self.refused(reset(wrong_code(otp)), 1067)
        self.accepted(reset(otp))
        self.refused(self.sign_in_by_pin(session, OTHER_PIN), 1245)
        self.accepted(self.sign_in_by_pin(self.sign_in(person), OTHER_PIN))

    def test_a_forgotten_pin_is_reset_by_email_and_by_user_name(self):
        person, _ = self.holder()
        mailbox = Mailbox(person.email)
        self.accepted(self.pins.send_forgot_pin_email_by_email({"email": person.email}))
        body = {"email": person.email, "otp": mailbox.next_code(), "pin": OTHER_PIN}
        self.accepted(self.pins.reset_pin_by_email_and_otp(body))
        self.accepted(self.sign_in_by_pin(self.sign_in(person), OTHER_PIN))

        self.accepted(self.pins.send_forgot_pin_email_by_username({"userName": person.user_name}))
        body = {"username": person.user_name, "otp": mailbox.next_code(), "pin": PIN}
        self.accepted(self.pins.reset_pin_by_username_and_otp(body))
        self.accepted(self.sign_in_by_pin(self.sign_in(person), PIN))

    def test_a_forgotten_pin_is_reset_by_the_link_in_an_email(self):
        person, _ = self.holder()
        page = "http://localhost:4000/pin"
        self.accepted(self.pins.send_forgot_pin_email_by_email({"email": person.email}, reset_pin_url=page))
        link = Mailbox(person.email).next_link()
        [token] = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["vtoken"]
        self.accepted(self.pins.reset_pin_by_reset_token({"resetToken": token, "PIN": OTHER_PIN}))
        self.refused(self.pins.reset_pin_by_reset_token({"resetToken": token, "PIN": PIN}), 1242)
        self.accepted(self.sign_in_by_pin(self.sign_in(person), OTHER_PIN))

    def test_a_new_password_ends_what_a_pin_signs_in_with(self):
        person, session = self.holder()
        change = self.sdk.authentication.change_password
        self.accepted(change(session["access_token"], new_password(), person.password))
        self.refused(self.sign_in_by_pin(session, PIN), 1245)

    def test_where_a_pin_is_required_a_login_waits_until_it_is_set(self):
        self.sdk = client_with(os.environ["DOORWARD_PIN_API_KEY"], os.environ["DOORWARD_PIN_API_SECRET"])
        pins = self.sdk.pin_authentication
        person, _ = self.created_by_back_end()

        waiting = self.refused(self.login_by_phone(person), 1243)
        token = waiting["Data"]["PINAuthToken"]
        self.refused(pins.set_pin_by_pin_auth_token({"PIN": "0000"}, token), 1134)
        session = self.accepted(pins.set_pin_by_pin_auth_token({"PIN": PIN}, token))
        self.assertEqual(session["Profile"]["NoOfLogins"], 1)
        self.refused(pins.set_pin_by_pin_auth_token({"PIN": OTHER_PIN}, token), 1239)
        self.accepted(pins.pin_login({"pin": PIN}, session["session_token"]))
        self.accepted(self.login_by_phone(person))
