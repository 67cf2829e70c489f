import uuid

from demo import Journey, Mailbox, Person, wrong_code


def by_phone(person):
    return {"PhoneId": person.phone, "Password": person.password}


def by_email(person):
    return {"Email": [{"Type": "Primary", "Value": person.email}], "Password": person.password}


class ASottLetsANewcomerRegister(Journey):
    def test_when_the_client_made_it_from_the_time_of_the_server(self):
        # By its own clock this client writes the hour without saying which half of the day it is.
        sott = self.sdk.get_sott("10", getLRserverTime=True)
        answer = self.sdk.authentication.user_registration_by_email(by_email(Person()), sott)
        self.assertIs(self.accepted(answer)["IsPosted"], True)

    def test_when_the_server_made_it(self):
        sott = self.accepted(self.sdk.sott.generate_sott(10))
        self.assertIn("ExpiryTime", sott)
        answer = self.sdk.phone_authentication.user_registration_by_phone(by_phone(Person()), sott["Sott"])
        self.assertIs(self.accepted(answer)["IsPosted"], True)


class ASottIsRefused(Journey):
    def test_when_it_was_made_with_another_secret(self):
        person = Person()
        forged = self.sdk.get_sott("10", getLRserverTime=True, apiSecret=str(uuid.uuid4()))
        answer = self.sdk.phone_authentication.user_registration_by_phone(by_phone(person), forged)
        self.refused(answer, 1049)
        self.refused(self.sdk.account.get_account_profile_by_phone(person.phone), 1043)

    def test_when_its_window_has_passed(self):
        stale = self.sdk.get_sott(startTime="2020/01/02 03:04:05", endTime="2020/01/02 03:14:05")
        answer = self.sdk.authentication.user_registration_by_email(by_email(Person()), stale)
        self.refused(answer, 1049)

    def test_when_it_is_none(self):
        answer = self.sdk.authentication.user_registration_by_email(by_email(Person()), "no*sott")
        self.refused(answer, 1049)


class Registration(Journey):
    def test_an_address_and_a_phone_number_register_once(self):
        person, _ = self.created_by_back_end()
        sott = self.accepted(self.sdk.sott.generate_sott(10))["Sott"]

        same_email, same_phone = Person(), Person()
        same_email.email, same_phone.phone = person.email, person.phone
        self.refused(self.sdk.authentication.user_registration_by_email(by_email(same_email), sott), 936)
        self.refused(self.sdk.phone_authentication.user_registration_by_phone(by_phone(same_phone), sott), 1058)

    def test_the_code_of_the_message_verifies_the_phone_number_and_opens_a_session(self):
        person = Person()
        phones = self.sdk.phone_authentication
        sott = self.accepted(self.sdk.sott.generate_sott(10))["Sott"]
        self.accepted(phones.user_registration_by_phone(by_phone(person), sott))
        code = Mailbox(person.phone).next_code()

        self.refused(self.login_by_phone(person), 1066)
        self.refused(phones.phone_verification_by_otp(wrong_code(code), person.phone), 1067)
        session = self.accepted(phones.phone_verification_by_otp(code, person.phone))

        self.assertEqual(session["Profile"]["PhoneId"], person.phone)
        self.assertIs(session["Profile"]["PhoneIdVerified"], True)
        self.assertEqual(self.signed_in_profile(session)["Uid"], session["Profile"]["Uid"])


class ACodeAskedForAgain(Journey):
    def test_verifies_the_phone_number(self):
        person, _ = self.created_by_back_end(PhoneIdVerified=False)
        phones = self.sdk.phone_authentication

        sent = self.accepted(phones.phone_resend_verification_otp(person.phone))
        self.assertIs(sent["IsPosted"], True)
        self.assertIsInstance(sent["Data"]["Sid"], str)

        code = Mailbox(person.phone).next_code()
        session = self.accepted(phones.phone_verification_by_otp(code, person.phone))
        self.assertIs(session["Profile"]["PhoneIdVerified"], True)

    def test_verifies_it_inside_a_session_without_opening_another(self):
        person, _ = self.created_by_back_end(PhoneIdVerified=False)
        phones = self.sdk.phone_authentication
        session = self.accepted(self.login_by_email(person))
        token = session["access_token"]

        sent = self.accepted(phones.phone_resend_verification_otp_by_token(token, person.phone))
        self.assertIs(sent["IsPosted"], True)
        code = Mailbox(person.phone).next_code()
        verified = self.accepted(phones.phone_verification_otp_by_access_token(token, code))

        self.assertIs(verified["IsPosted"], True)
        self.assertNotIn("access_token", verified)
        self.assertIs(self.signed_in_profile(session)["PhoneIdVerified"], True)
